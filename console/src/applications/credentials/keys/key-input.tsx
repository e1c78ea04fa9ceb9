import { Button } from '@react-spectrum/s2/Button';
import { ButtonGroup } from '@react-spectrum/s2/ButtonGroup';
import { DropZone } from '@react-spectrum/s2/DropZone';
import { FileTrigger } from '@react-spectrum/s2/FileTrigger';
import { Heading, IllustratedMessage } from '@react-spectrum/s2/IllustratedMessage';
import UploadIcon from '@react-spectrum/s2/icons/Upload';
import DropIllustration from '@react-spectrum/s2/illustrations/linear/DropToUpload';
import { Text } from '@react-spectrum/s2/Text';
import { TextArea } from '@react-spectrum/s2/TextArea';
import { useText } from '../../../intl/text.ts';
import { showProblem } from '../../../ui/toasts.ts';
import styles from '../credentials.module.css';
import { readKeyFile } from '../reading/read-file.ts';
import type { Reading } from '../reading/read-public-key.ts';
import { Verdict } from './verdict.tsx';

/** Where a public key is pasted, dropped or uploaded, and what it turns out to be. */
export function KeyInput(props: {
  text: string;
  onChange: (text: string) => void;
  onTooLarge: () => void;
  reading: Reading;
  problem: string | undefined;
}) {
  const { text, onChange, onTooLarge, reading, problem } = props;
  const t = useText();
  const take = async (chosen: File | Promise<File> | undefined) => {
    try {
      const file = await chosen;
      if (!file) return;
      const content = await readKeyFile(file);
      if (content === null) onTooLarge();
      else onChange(content);
    } catch (error) {
      showProblem(t)(error);
    }
  };
  return (
    <>
      <DropZone
        size="S"
        isFilled={text !== ''}
        onDrop={async ({ items }) => {
          const [item] = items;
          if (item?.kind === 'file') await take(item.getFile());
          if (item?.kind === 'text') onChange(await item.getText('text/plain'));
        }}
      >
        <IllustratedMessage size="S" orientation="horizontal">
          <DropIllustration />
          <Heading>{t('credentials.key_drop')}</Heading>
          <ButtonGroup>
            <FileTrigger onSelect={(files) => void take(files?.[0])}>
              <Button variant="secondary">
                <UploadIcon />
                <Text>{t('credentials.key_upload')}</Text>
              </Button>
            </FileTrigger>
          </ButtonGroup>
        </IllustratedMessage>
      </DropZone>
      <div>
        <TextArea
          label={t('credentials.key_text')}
          description={t('credentials.key_text_about')}
          isRequired
          value={text}
          onChange={onChange}
          isInvalid={problem !== undefined}
          errorMessage={problem}
          spellCheck="false"
          autoComplete="off"
          UNSAFE_className={styles['key-text'] ?? ''}
          UNSAFE_style={{ width: '100%' }}
        />
        <Verdict reading={reading} problem={problem} />
      </div>
    </>
  );
}

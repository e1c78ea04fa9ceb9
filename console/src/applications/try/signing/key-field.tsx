import { Button, Text } from '@react-spectrum/s2/Button';
import { DropZone } from '@react-spectrum/s2/DropZone';
import { FileTrigger } from '@react-spectrum/s2/FileTrigger';
import { Content, Heading, IllustratedMessage } from '@react-spectrum/s2/IllustratedMessage';
import KeyIcon from '@react-spectrum/s2/icons/Key';
import { TextArea } from '@react-spectrum/s2/TextArea';
import { useState } from 'react';
import { useAddPublicKey } from '../../../api/credentials.ts';
import { useMe } from '../../../api/me.ts';
import type { Application } from '../../../api/types.ts';
import type { MessageKey } from '../../../intl/messages.ts';
import { useText } from '../../../intl/text.ts';
import { showProblem } from '../../../ui/toasts.ts';
import styles from '../try.module.css';
import { KeyStanding } from './key-standing.tsx';
import { KeyError, type KeyMistake, makeSigningKey, readPrivateKey, type SigningKey } from './private-key.ts';

const mistakes: Record<KeyMistake, MessageKey> = {
  empty: 'try.key_unreadable',
  encrypted: 'try.key_encrypted',
  public: 'try.key_public',
  sec1: 'try.key_sec1',
  unreadable: 'try.key_unreadable',
  unsupported: 'try.key_unsupported',
};

/** A private key to sign with: pasted, dropped, chosen or made. It stays in this page's memory. */
export function KeyField(props: {
  application: Application;
  value: SigningKey | undefined;
  onChange: (key: SigningKey | undefined) => void;
}) {
  const t = useText();
  const me = useMe();
  const { application, value, onChange } = props;
  const [text, setText] = useState('');
  const [mistake, setMistake] = useState<KeyMistake>();
  const register = useAddPublicKey(application.id);

  if (value)
    return <KeyStanding application={application} signingKey={value} onForget={() => onChange(undefined)} />;

  const read = async (given: string) => {
    try {
      onChange(await readPrivateKey(given));
      setText('');
      setMistake(undefined);
    } catch (error) {
      setText(given);
      setMistake(error instanceof KeyError ? error.mistake : 'unreadable');
    }
  };
  const change = (given: string) => {
    setText(given);
    setMistake(undefined);
    // Whole keys end like this; what is still being typed is not judged.
    if (/-----END [A-Z0-9 ]+-----\s*$|\}\s*$/.test(given)) void read(given);
  };
  const readFile = async (content: Promise<string> | undefined) => {
    try {
      const given = await content;
      if (given !== undefined) await read(given);
    } catch {
      // The file was moved or changed after it was chosen, or may not be read.
      setMistake('unreadable');
    }
  };
  const make = async () => {
    try {
      const key = await makeSigningKey();
      await register.mutateAsync({
        public_key: JSON.stringify(key.publicJwk),
        name: t('try.key_name'),
        acts_as_user_id: me.id,
      });
      onChange(key);
    } catch (error) {
      showProblem(t)(error);
    }
  };

  return (
    <div className={styles['stack']}>
      <div className={styles['form']}>
        <TextArea
          label={t('try.private_key')}
          description={t('try.private_key_text')}
          value={text}
          onChange={change}
          isInvalid={mistake !== undefined}
          errorMessage={mistake && t(mistakes[mistake])}
          autoComplete="off"
          spellCheck="false"
          UNSAFE_style={{ width: '100%' }}
        />
        <DropZone
          size="S"
          aria-label={t('try.key_drop')}
          onDrop={({ items }) => {
            const file = items.find((item) => item.kind === 'file');
            void readFile(file?.getText());
          }}
          UNSAFE_style={{ width: '100%' }}
        >
          <IllustratedMessage>
            <Heading>{t('try.key_drop')}</Heading>
            <Content>
              <FileTrigger onSelect={(files) => void readFile(files?.[0]?.text())}>
                <Button variant="secondary">{t('try.key_choose')}</Button>
              </FileTrigger>
            </Content>
          </IllustratedMessage>
        </DropZone>
      </div>
      <div className={styles['actions']}>
        <Button variant="secondary" isPending={register.isPending} onPress={() => void make()}>
          <KeyIcon />
          <Text>{t('try.key_make')}</Text>
        </Button>
        <span className={styles['label']}>{t('try.key_make_text')}</span>
      </div>
    </div>
  );
}

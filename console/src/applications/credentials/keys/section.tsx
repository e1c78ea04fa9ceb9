import { Button } from '@react-spectrum/s2/Button';
import AddIcon from '@react-spectrum/s2/icons/Add';
import KeyIcon from '@react-spectrum/s2/icons/Key';
import { Text } from '@react-spectrum/s2/Text';
import { useState } from 'react';
import type { Application, PublicKey } from '../../../api/types.ts';
import { useText } from '../../../intl/text.ts';
import { Section } from '../../../ui/page.tsx';
import styles from '../credentials.module.css';
import { useFocusLater } from '../focus-later.ts';
import { AddKeyDialog } from './add-dialog.tsx';
import { DeleteKey } from './delete-key.tsx';
import { GenerateDialog } from './generate-dialog.tsx';
import { KeyItem } from './key-item.tsx';
import { PublishedKeys } from './published-keys.tsx';

const most = 10;

/** The public keys of programs that sign JSON Web Tokens. */
export function KeySection({ application }: { application: Application }) {
  const t = useText();
  const [open, setOpen] = useState<'add' | 'generate'>();
  const [unwanted, setUnwanted] = useState<PublicKey>();
  const [list, focusList] = useFocusLater<HTMLDivElement>();
  const keys = application.public_keys ?? [];
  const isMachine = application.type === 'machine';
  const isFull = keys.length >= most;
  const close = () => setOpen(undefined);
  const closeAndShow = () => {
    close();
    setUnwanted(undefined);
    focusList();
  };
  return (
    <Section
      title={t('credentials.keys')}
      description={t(isMachine ? 'credentials.keys_about_machine' : 'credentials.keys_about_web')}
      actions={
        <>
          <Button variant="secondary" isDisabled={isFull} onPress={() => setOpen('add')}>
            <AddIcon />
            <Text>{t('credentials.key_add')}</Text>
          </Button>
          <Button
            variant={isMachine && keys.length === 0 ? 'accent' : 'secondary'}
            isDisabled={isFull}
            onPress={() => setOpen('generate')}
          >
            <KeyIcon />
            <Text>{t('credentials.generate')}</Text>
          </Button>
        </>
      }
    >
      {isFull && <p>{t('credentials.keys_full', { most })}</p>}
      {/* Takes the focus when the button that had it is gone. */}
      <div ref={list} tabIndex={-1} className={styles['list']}>
        {keys.length === 0 && (
          <p className={styles['empty']}>
            {t.rich(isMachine ? 'credentials.keys_none_machine' : 'credentials.keys_none_web')}
          </p>
        )}
        {keys.length > 0 && (
          <ul>
            {keys.map((key) => (
              <KeyItem key={key.id} publicKey={key} isMachine={isMachine} onDelete={() => setUnwanted(key)} />
            ))}
          </ul>
        )}
      </div>
      <PublishedKeys application={application} />
      {open === 'add' && <AddKeyDialog application={application} onClose={close} onAdded={closeAndShow} />}
      {open === 'generate' && (
        <GenerateDialog application={application} onClose={close} onStored={closeAndShow} />
      )}
      {unwanted && (
        <DeleteKey
          application={application}
          publicKey={unwanted}
          onClose={() => setUnwanted(undefined)}
          onDeleted={closeAndShow}
        />
      )}
    </Section>
  );
}

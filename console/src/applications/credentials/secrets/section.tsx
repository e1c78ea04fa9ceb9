import { Button } from '@react-spectrum/s2/Button';
import AddIcon from '@react-spectrum/s2/icons/Add';
import { Text } from '@react-spectrum/s2/Text';
import { useState } from 'react';
import { useAddSecret } from '../../../api/credentials.ts';
import type { Application, ClientSecret } from '../../../api/types.ts';
import { useText } from '../../../intl/text.ts';
import { Section } from '../../../ui/page.tsx';
import { showProblem } from '../../../ui/toasts.ts';
import styles from '../credentials.module.css';
import { useFocusLater } from '../focus-later.ts';
import { SecretDialog } from '../secret-dialog.tsx';
import { DeleteSecret } from './delete-secret.tsx';
import { inOrder, replacementOf } from './replacement.ts';
import { ReplacementSteps } from './replacement-steps.tsx';
import { SecretItem } from './secret-item.tsx';

const most = 2;

/** The client secrets: at most two, so that one can take the place of the other. */
export function SecretSection({ application }: { application: Application }) {
  const t = useText();
  const add = useAddSecret(application.id);
  const [unwanted, setUnwanted] = useState<ClientSecret>();
  const [list, focusList] = useFocusLater<HTMLDivElement>();
  const secrets = inOrder(application.secrets ?? []);
  const isFull = secrets.length >= most;
  return (
    <Section
      title={t('credentials.secrets')}
      description={t(
        application.type === 'machine'
          ? 'credentials.secrets_about_machine'
          : 'credentials.secrets_about_web',
      )}
      actions={
        <Button
          variant={secrets.length === 0 ? 'accent' : 'secondary'}
          isDisabled={isFull}
          isPending={add.isPending}
          onPress={() => add.mutate(undefined, { onError: showProblem(t) })}
        >
          <AddIcon />
          <Text>{t('credentials.secret_add')}</Text>
        </Button>
      }
    >
      {/* Takes the focus when the button that had it is gone. */}
      <div ref={list} tabIndex={-1} className={styles['list']}>
        {secrets.length === 0 && <p className={styles['empty']}>{t('credentials.secrets_none')}</p>}
        {secrets.length > 0 && (
          <ul>
            {secrets.map((secret, index) => (
              <SecretItem
                key={secret.id}
                secret={secret}
                {...(isFull && { place: index === 0 ? 'first' : 'second' })}
                onDelete={() => setUnwanted(secret)}
              />
            ))}
          </ul>
        )}
      </div>
      {secrets.length > 0 && (
        <ReplacementSteps applicationId={application.id} replacement={replacementOf(secrets)} />
      )}
      {add.data && (
        <SecretDialog
          applicationName={application.name}
          clientId={application.client_id}
          clientSecret={add.data.client_secret}
          onClose={() => {
            add.reset();
            focusList();
          }}
        />
      )}
      {unwanted && (
        <DeleteSecret
          application={application}
          secret={unwanted}
          onClose={() => setUnwanted(undefined)}
          onDeleted={() => {
            setUnwanted(undefined);
            focusList();
          }}
        />
      )}
    </Section>
  );
}

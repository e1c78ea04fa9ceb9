import { Button } from '@react-spectrum/s2/Button';
import { Content, Heading, InlineAlert } from '@react-spectrum/s2/InlineAlert';
import { useAddPublicKey, useDeletePublicKey } from '../../../api/credentials.ts';
import { useMe } from '../../../api/me.ts';
import type { Application } from '../../../api/types.ts';
import { useUser } from '../../../api/users.ts';
import { useText } from '../../../intl/text.ts';
import { showDone, showProblem } from '../../../ui/toasts.ts';
import styles from '../try.module.css';
import type { SigningKey } from './private-key.ts';
import { registeredKey } from './registered-key.ts';

/** A private key in this page, and whether the application knows its public half. */
export function KeyStanding(props: {
  application: Application;
  signingKey: SigningKey;
  onForget: () => void;
}) {
  const t = useText();
  const me = useMe();
  const { application, signingKey, onForget } = props;
  const registered = registeredKey(application, signingKey);
  const { data: user } = useUser(registered?.acts_as_user_id ?? null);
  const register = useAddPublicKey(application.id);
  const remove = useDeletePublicKey(application.id);
  const forget = (
    <Button variant="secondary" onPress={onForget}>
      {t('try.key_forget')}
    </Button>
  );
  if (!registered)
    return (
      <InlineAlert variant="notice">
        <Heading>{t('try.key_unknown_title')}</Heading>
        <Content>
          <div className={styles['stack']}>
            <span>{t('try.key_unknown_text')}</span>
            <div className={styles['actions']}>
              <Button
                variant="primary"
                isPending={register.isPending}
                onPress={() =>
                  register.mutate(
                    {
                      public_key: JSON.stringify(signingKey.publicJwk),
                      name: t('try.key_name'),
                      acts_as_user_id: me.id,
                    },
                    { onError: showProblem(t) },
                  )
                }
              >
                {t('try.key_register')}
              </Button>
              {forget}
            </div>
          </div>
        </Content>
      </InlineAlert>
    );
  return (
    <InlineAlert variant="positive">
      <Heading>{t('try.key_ready_title', { algorithm: signingKey.algorithm })}</Heading>
      <Content>
        <div className={styles['stack']}>
          <span>
            {t(user ? 'try.key_ready_text' : 'try.key_ready_text_nobody', {
              name: registered.name,
              user: user?.name ?? '',
            })}
          </span>
          <div className={styles['actions']}>
            {forget}
            {signingKey.isThrowaway && (
              <Button
                variant="secondary"
                isPending={remove.isPending}
                onPress={() =>
                  remove.mutate(registered.id, {
                    onSuccess: () => {
                      showDone(t('try.key_removed'));
                      onForget();
                    },
                    onError: showProblem(t),
                  })
                }
              >
                {t('try.key_remove')}
              </Button>
            )}
          </div>
        </div>
      </Content>
    </InlineAlert>
  );
}

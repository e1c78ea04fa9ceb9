import { Button } from '@react-spectrum/s2/Button';
import { Content, Heading, InlineAlert } from '@react-spectrum/s2/InlineAlert';
import { maxRedirectUris } from '../../../../../server/model/application-fields.ts';
import { useUpdateApplication } from '../../../api/applications.ts';
import type { Application } from '../../../api/types.ts';
import { useText } from '../../../intl/text.ts';
import { showDone, showProblem } from '../../../ui/toasts.ts';
import styles from '../try.module.css';

/** Whether the authorization server may send the browser back to this console; adds and removes that address. */
export function TrialRedirectUrl({ application, uri }: { application: Application; uri: string }) {
  const t = useText();
  const { redirect_uris = [] } = application;
  const update = useUpdateApplication(application.id);
  const change = (uris: readonly string[], done: string) =>
    update.mutate({ redirect_uris: [...uris] }, { onSuccess: () => showDone(done), onError: showProblem(t) });
  const isFull = redirect_uris.length >= maxRedirectUris;
  if (!redirect_uris.includes(uri))
    return (
      <InlineAlert variant="notice">
        <Heading>{t('try.redirect_missing_title')}</Heading>
        <Content>
          <div className={styles['stack']}>
            <span>{t.rich('try.redirect_missing_text', { uri: <code>{uri}</code> })}</span>
            {redirect_uris.length === 1 && <span>{t.rich('try.redirect_only_one')}</span>}
            {isFull && <span>{t('try.redirect_full', { limit: maxRedirectUris })}</span>}
            <div className={styles['actions']}>
              <Button
                variant="primary"
                isPending={update.isPending}
                isDisabled={isFull}
                onPress={() => change([...redirect_uris, uri], t('try.redirect_added'))}
              >
                {t('try.redirect_add')}
              </Button>
            </div>
          </div>
        </Content>
      </InlineAlert>
    );
  return (
    <InlineAlert variant="informative" fillStyle="subtleFill">
      <Heading>{t('try.redirect_present_title')}</Heading>
      <Content>
        <div className={styles['stack']}>
          <span>{t.rich('try.redirect_present_text', { uri: <code>{uri}</code> })}</span>
          <div className={styles['actions']}>
            <Button
              variant="secondary"
              isPending={update.isPending}
              onPress={() =>
                change(
                  redirect_uris.filter((each) => each !== uri),
                  t('try.redirect_removed'),
                )
              }
            >
              {t('try.redirect_remove')}
            </Button>
          </div>
        </div>
      </Content>
    </InlineAlert>
  );
}

import { useChangeScopes } from '../api/apis.ts';
import type { Api } from '../api/types.ts';
import { useText } from '../intl/text.ts';
import { FormDialog } from '../ui/form-dialog.tsx';
import { showDone } from '../ui/toasts.ts';

/** Asks before it takes a scope away. */
export function RemoveScopeDialog({ api, name, onClose }: { api: Api; name: string; onClose: () => void }) {
  const t = useText();
  const save = useChangeScopes(api.id);
  const remove = () =>
    save.mutate((scopes) => scopes.filter((scope) => scope.name !== name), {
      onSuccess: () => {
        showDone(t('apis.scope_removed', { name }));
        onClose();
      },
    });
  return (
    <FormDialog
      title={t('apis.scope_remove', { name })}
      size="M"
      submitLabel={t('apis.scope_remove_submit')}
      isDestructive
      isPending={save.isPending}
      failure={save.error ? { title: t('apis.scope_not_removed'), error: save.error } : null}
      onSubmit={remove}
      onClose={onClose}
    >
      <p>{t('apis.scope_remove_about')}</p>
    </FormDialog>
  );
}

import { Button } from '@react-spectrum/s2/Button';
import { useState } from 'react';
import { useIntl } from 'react-intl';
import { useDeleteApi } from '../api/apis.ts';
import type { Api } from '../api/types.ts';
import { useText } from '../intl/text.ts';
import { Act } from '../ui/act.tsx';
import { NamedDeletionDialog } from '../ui/deletion-dialog.tsx';
import { Section } from '../ui/page.tsx';
import { useLeaveDeleted } from '../ui/use-leave-deleted.ts';
import { useClients } from './use-clients.ts';

/** What takes an API away for good, once no application has a scope of it. */
export function DeletionSection({ api }: { api: Api }) {
  const t = useText();
  const intl = useIntl();
  const [isDeleting, setDeleting] = useState(false);
  const clients = useClients(api);
  const names = (clients ?? []).map(({ application }) => application.name);
  return (
    <Section title={t('apis.delete')}>
      <Act
        text={
          names.length > 0
            ? t('apis.delete_in_use', { names: intl.formatList(names) })
            : t('apis.delete_about')
        }
      >
        <Button
          variant="negative"
          isDisabled={clients === undefined || names.length > 0}
          onPress={() => setDeleting(true)}
        >
          {t('settings.delete')}
        </Button>
      </Act>
      {isDeleting && <Question api={api} onClose={() => setDeleting(false)} />}
    </Section>
  );
}

function Question({ api, onClose }: { api: Api; onClose: () => void }) {
  const t = useText();
  const { id, name } = api;
  return (
    <NamedDeletionDialog
      name={name}
      ends={
        <>
          <li>{t('apis.delete_scopes')}</li>
          <li>{t('apis.delete_tokens')}</li>
        </>
      }
      remove={useDeleteApi(id, useLeaveDeleted(name, '/apis'))}
      onClose={onClose}
    />
  );
}

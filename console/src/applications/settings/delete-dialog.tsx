import { Button } from '@react-spectrum/s2/Button';
import { ButtonGroup, Content, Dialog, DialogContainer, Heading } from '@react-spectrum/s2/Dialog';
import { Form } from '@react-spectrum/s2/Form';
import { TextField } from '@react-spectrum/s2/TextField';
import { type FormEvent, useState } from 'react';
import { useNavigate } from 'react-router';
import { useApplications, useDeleteApplication } from '../../api/applications.ts';
import type { Application } from '../../api/types.ts';
import { useText } from '../../intl/text.ts';
import { showDone, showProblem } from '../../ui/toasts.ts';
import styles from './settings.module.css';

/** The list counts no further. */
const mostCounted = 1000;

/** Says what ends with the application, and deletes it once its name was typed. */
export function DeleteDialog({ application, onClose }: { application: Application; onClose: () => void }) {
  const t = useText();
  const navigate = useNavigate();
  const remove = useDeleteApplication(application.id, () => {
    showDone(t('settings.deleted', { name: application.name }));
    return navigate('/applications', { state: { isDeleted: true } });
  });
  const [typed, setTyped] = useState('');
  const [isWrong, setWrong] = useState(false);
  const { name } = application;

  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (typed.trim().normalize() !== name.trim().normalize()) return setWrong(true);
    remove.mutate(undefined, { onError: showProblem(t) });
  };

  return (
    <DialogContainer onDismiss={onClose}>
      <Dialog size="M" role="alertdialog" isKeyboardDismissDisabled={remove.isPending}>
        <Heading slot="title">{t('settings.delete_confirm_title', { name })}</Heading>
        <Content>
          <Form id="delete-application" onSubmit={submit} validationBehavior="aria">
            <div className={styles['ends']}>
              <p>{t('settings.delete_ends')}</p>
              <ul>
                <WhatEnds application={application} />
              </ul>
            </div>
            <TextField
              label={t('settings.delete_type_name')}
              description={t.rich('settings.delete_name_is', { name })}
              autoComplete="off"
              value={typed}
              onChange={(value) => {
                setTyped(value);
                setWrong(false);
              }}
              isInvalid={isWrong}
              errorMessage={t.rich('settings.delete_name_differs', { name })}
              autoFocus
              UNSAFE_style={{ width: '100%' }}
            />
          </Form>
        </Content>
        <ButtonGroup>
          <Button variant="secondary" onPress={onClose}>
            {t('shell.cancel')}
          </Button>
          <Button variant="negative" type="submit" form="delete-application" isPending={remove.isPending}>
            {t('settings.delete')}
          </Button>
        </ButtonGroup>
      </Dialog>
    </DialogContainer>
  );
}

function WhatEnds({ application }: { application: Application }) {
  const t = useText();
  const { data: list } = useApplications();
  const users = list?.data.find(({ id }) => id === application.id)?.user_count;
  const { secrets = [], public_keys: keys = [] } = application;
  return (
    <>
      {application.type !== 'machine' && users !== undefined && (
        <li>
          {t(users < mostCounted ? 'settings.delete_users' : 'settings.delete_users_many', { count: users })}
        </li>
      )}
      {secrets.length > 0 && <li>{t('settings.delete_secrets', { count: secrets.length })}</li>}
      {keys.length > 0 && <li>{t('settings.delete_keys', { count: keys.length })}</li>}
      <li>{t('settings.delete_client_id')}</li>
    </>
  );
}

import { Button, ButtonGroup, Checkbox, Content, Dialog, DialogContainer, Heading } from '@react-spectrum/s2';
import { TextField } from '@react-spectrum/s2/TextField';
import { useState } from 'react';
import { checkName } from '../../../server/base/text.ts';
import { type NewScimToken, useAddScimToken } from '../api/identity-providers.ts';
import type { IdentityProvider } from '../api/types.ts';
import { useStayHere } from '../applications/credentials/stay-here.ts';
import { useText } from '../intl/text.ts';
import { Copyable } from '../ui/copyable.tsx';
import { FormDialog } from '../ui/form-dialog.tsx';
import parts from '../ui/parts.module.css';
import styles from './identity-providers.module.css';

/** Makes a SCIM token, and shows it for the only time. */
export function NewScimTokenDialog({
  provider,
  onClose,
}: {
  provider: IdentityProvider;
  onClose: () => void;
}) {
  const t = useText();
  const add = useAddScimToken(provider.id);
  const [name, setName] = useState('');
  const [isJudged, setJudged] = useState(false);
  if (add.data) return <TokenDialog token={add.data} onClose={onClose} />;
  const isWrong = checkName(name.trim()) !== null;
  return (
    <FormDialog
      title={t('providers.scim_add_title')}
      size="M"
      submitLabel={t('providers.scim_add_submit')}
      isPending={add.isPending}
      failure={add.error && { title: t('providers.scim_not_added'), error: add.error }}
      onSubmit={() => {
        setJudged(true);
        if (!isWrong) add.mutate({ name: name.trim() });
      }}
      onClose={onClose}
    >
      <TextField
        label={t('providers.scim_name')}
        description={t('providers.scim_name_help')}
        isRequired
        autoFocus
        autoComplete="off"
        value={name}
        onChange={setName}
        isInvalid={isJudged && isWrong}
        errorMessage={isJudged && isWrong ? t('problems.invalid_name') : undefined}
        UNSAFE_style={{ width: '100%' }}
      />
    </FormDialog>
  );
}

function TokenDialog({ token, onClose }: { token: NewScimToken; onClose: () => void }) {
  const t = useText();
  const [isStored, setStored] = useState(false);
  useStayHere(!isStored);
  return (
    <DialogContainer onDismiss={onClose}>
      <Dialog size="L" isKeyboardDismissDisabled>
        <Heading slot="title">{t('providers.scim_token_title')}</Heading>
        <Content>
          <div className={parts['stack']}>
            <p>{t('providers.scim_token_once')}</p>
            <dl className={styles['facts']}>
              <div>
                <dt>{t('providers.scim_token')}</dt>
                <dd>
                  <Copyable text={token.token} what={t('providers.scim_token')} />
                </dd>
              </div>
              <div>
                <dt>{t('providers.scim_url')}</dt>
                <dd>
                  <Copyable text={token.base_url} what={t('providers.scim_url')} />
                </dd>
              </div>
            </dl>
            <Checkbox isSelected={isStored} onChange={setStored}>
              {t('providers.scim_token_stored')}
            </Checkbox>
          </div>
        </Content>
        <ButtonGroup>
          <Button variant="accent" isDisabled={!isStored} onPress={onClose}>
            {t('credentials.done')}
          </Button>
        </ButtonGroup>
      </Dialog>
    </DialogContainer>
  );
}

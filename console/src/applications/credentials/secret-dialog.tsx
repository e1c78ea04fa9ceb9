import { Button, ButtonGroup, Checkbox, Content, Dialog, DialogContainer, Heading } from '@react-spectrum/s2';
import CheckmarkIcon from '@react-spectrum/s2/icons/Checkmark';
import CopyIcon from '@react-spectrum/s2/icons/Copy';
import DownloadIcon from '@react-spectrum/s2/icons/Download';
import { Text } from '@react-spectrum/s2/Text';
import { useState } from 'react';
import { useInstance } from '../../api/instance.ts';
import { useText } from '../../intl/text.ts';
import { copyText } from '../../ui/copy-text.ts';
import { Copyable } from '../../ui/copyable.tsx';
import styles from './credentials.module.css';
import { fileNameOf, useDownload } from './download.ts';
import { Fact, Facts } from './facts.tsx';
import { envFile } from './secrets/env-file.ts';
import { useStayHere } from './stay-here.ts';

/** Shows a client secret for the only time. It is left once somebody says that it has been stored. */
export function SecretDialog(props: {
  applicationName: string;
  clientId: string;
  clientSecret: string;
  onClose: () => void;
}) {
  const { applicationName, clientId, clientSecret, onClose } = props;
  const t = useText();
  const download = useDownload();
  const { data: instance } = useInstance();
  const [isCopied, setCopied] = useState(false);
  const [isStored, setStored] = useState(false);
  useStayHere(!isStored);

  const copy = () => void copyText(t, clientSecret).then(setCopied);
  const downloadEnv = () => {
    if (!instance) return;
    const comment = t('credentials.env_comment', { name: applicationName });
    const text = envFile({ comment, clientId, clientSecret, issuer: instance.url });
    download(`${fileNameOf(applicationName)}.env`, text);
  };

  return (
    <DialogContainer onDismiss={onClose}>
      <Dialog size="L" isKeyboardDismissDisabled>
        <Heading slot="title">{t('credentials.secret_title')}</Heading>
        <Content>
          <div className={styles['words']}>
            <p>{t.rich('credentials.secret_once', { name: applicationName })}</p>
            <div className={styles['shown-secret']}>
              <Facts>
                <Fact name={t('credentials.client_secret')} wide>
                  <code>{clientSecret}</code>
                </Fact>
                <Fact name={t('credentials.client_id')} wide>
                  <Copyable text={clientId} what={t('credentials.client_id')} />
                </Fact>
              </Facts>
            </div>
            <div className={styles['buttons']}>
              <Button variant="primary" onPress={copy}>
                {isCopied ? <CheckmarkIcon /> : <CopyIcon />}
                <Text>{t(isCopied ? 'credentials.secret_copied' : 'credentials.secret_copy')}</Text>
              </Button>
              <Button variant="secondary" isDisabled={instance === undefined} onPress={downloadEnv}>
                <DownloadIcon />
                <Text>{t('credentials.download_env')}</Text>
              </Button>
            </div>
            <p>{t('credentials.secret_lost')}</p>
            <Checkbox isSelected={isStored} onChange={setStored}>
              {t('credentials.secret_stored')}
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

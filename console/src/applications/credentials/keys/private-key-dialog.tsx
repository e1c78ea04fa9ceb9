import {
  Button,
  ButtonGroup,
  Checkbox,
  Content,
  Dialog,
  DialogContainer,
  Heading,
  InlineAlert,
} from '@react-spectrum/s2';
import CheckmarkIcon from '@react-spectrum/s2/icons/Checkmark';
import DownloadIcon from '@react-spectrum/s2/icons/Download';
import { Text } from '@react-spectrum/s2/Text';
import { useState } from 'react';
import { useDeletePublicKey } from '../../../api/credentials.ts';
import type { Application, PublicKey } from '../../../api/types.ts';
import { useText } from '../../../intl/text.ts';
import { Copyable } from '../../../ui/copyable.tsx';
import { problemText } from '../../../ui/problem-text.ts';
import styles from '../credentials.module.css';
import { fileNameOf, useDownload } from '../download.ts';
import { Fact, Facts } from '../facts.tsx';
import { useStayHere } from '../stay-here.ts';
import type { GeneratedPair } from './generate-key-pair.ts';
import { UserName } from './user-name.tsx';

/**
 * Offers a private key for the only time, as a download: it is never drawn, sent or kept. It is left once somebody says
 * that it has been stored, or gives up the pair.
 */
export function PrivateKeyDialog(props: {
  application: Application;
  pair: GeneratedPair;
  publicKey: PublicKey;
  onClose: () => void;
}) {
  const { application, pair, publicKey, onClose } = props;
  const t = useText();
  const download = useDownload();
  const discard = useDeletePublicKey(application.id);
  const [isDownloaded, setDownloaded] = useState(false);
  const [isStored, setStored] = useState(false);
  useStayHere(!isStored);
  const file = fileNameOf(`${application.name} ${publicKey.name}`);

  const downloadPrivate = () => {
    download(`${file}-private-key.pem`, pair.privateKey);
    setDownloaded(true);
  };

  return (
    <DialogContainer onDismiss={onClose}>
      <Dialog size="L" isKeyboardDismissDisabled>
        <Heading slot="title">{t('credentials.private_title')}</Heading>
        <Content>
          <div className={styles['words']}>
            {discard.error && (
              <InlineAlert variant="negative" autoFocus>
                <Heading>{t('credentials.not_deleted')}</Heading>
                <Content>{problemText(t, discard.error)}</Content>
              </InlineAlert>
            )}
            <p>{t.rich('credentials.private_about', { name: application.name })}</p>
            <div className={styles['buttons']}>
              <Button variant={isDownloaded ? 'secondary' : 'primary'} onPress={downloadPrivate}>
                {isDownloaded ? <CheckmarkIcon /> : <DownloadIcon />}
                <Text>{t('credentials.private_download')}</Text>
              </Button>
              <Button
                variant="secondary"
                fillStyle="outline"
                onPress={() => download(`${file}-public-key.pem`, pair.publicKey)}
              >
                <DownloadIcon />
                <Text>{t('credentials.public_download')}</Text>
              </Button>
            </div>
            <Facts>
              <Fact name={t('credentials.algorithm')}>{publicKey.algorithm}</Fact>
              {application.type === 'machine' && publicKey.acts_as_user_id !== null && (
                <Fact name={t('credentials.acts_as')}>
                  <UserName id={publicKey.acts_as_user_id} isPlain />
                </Fact>
              )}
              <Fact name={t('credentials.key_id')} wide>
                <Copyable text={publicKey.kid} what={t('credentials.key_id')} />
              </Fact>
            </Facts>
            <Checkbox isSelected={isStored} isDisabled={!isDownloaded} onChange={setStored}>
              {t('credentials.private_stored')}
            </Checkbox>
          </div>
        </Content>
        <ButtonGroup>
          <Button
            variant="secondary"
            isPending={discard.isPending}
            onPress={() => discard.mutate(publicKey.id, { onSuccess: onClose })}
          >
            {t('credentials.pair_discard')}
          </Button>
          <Button variant="accent" isDisabled={!isStored || discard.isPending} onPress={onClose}>
            {t('credentials.done')}
          </Button>
        </ButtonGroup>
      </Dialog>
    </DialogContainer>
  );
}

import { Text } from '@react-spectrum/s2';
import { Button } from '@react-spectrum/s2/Button';
import { Content, ContextualHelp, Heading } from '@react-spectrum/s2/ContextualHelp';
import AddIcon from '@react-spectrum/s2/icons/Add';
import { useText } from '../../intl/text.ts';
import styles from './list.module.css';

/** *Create app integration*; when there is no room for another it says why beside itself. */
export function CreateButton(props: { isFull: boolean; limit: number | undefined; onPress: () => void }) {
  const { isFull, limit = 0, onPress } = props;
  const t = useText();
  return (
    <span className={styles['create']}>
      {isFull && (
        <ContextualHelp placement="bottom end" aria-label={t('applications.full_title')}>
          <Heading>{t('applications.full_title')}</Heading>
          <Content>{t('applications.full_text', { limit })}</Content>
        </ContextualHelp>
      )}
      <Button variant="accent" isDisabled={isFull} onPress={onPress}>
        <AddIcon />
        <Text>{t('applications.create')}</Text>
      </Button>
    </span>
  );
}

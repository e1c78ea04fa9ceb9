import { Button } from '@react-spectrum/s2/Button';
import { useText } from '../intl/text.ts';
import styles from './show-more.module.css';

/** What an infinite query says of its next page. */
interface Pages {
  readonly hasNextPage: boolean;
  readonly isFetchingNextPage: boolean;
  fetchNextPage(): unknown;
}

/** Under a list: the way to its next page. Nothing when there is none. */
export function ShowMore({ list }: { list: Pages }) {
  const t = useText();
  if (!list.hasNextPage) return null;
  return (
    <div className={styles['more']}>
      <Button
        variant="secondary"
        isPending={list.isFetchingNextPage}
        onPress={() => void list.fetchNextPage()}
      >
        {t('shell.show_more')}
      </Button>
    </div>
  );
}

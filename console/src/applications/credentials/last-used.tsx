import { useText } from '../../intl/text.ts';
import { Ago } from '../../intl/time.tsx';

/** When something was last used, if it ever was. */
export function LastUsed({ at }: { at: string | null }) {
  const t = useText();
  return at === null ? t('credentials.never') : <Ago at={at} />;
}

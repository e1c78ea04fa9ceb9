import { Button } from '@react-spectrum/s2/Button';
import { ButtonGroup, Content, Dialog, DialogContainer, Heading } from '@react-spectrum/s2/Dialog';
import { useEffect } from 'react';
import { useBlocker } from 'react-router';
import { useText } from '../../intl/text.ts';

/** Asks before somebody leaves what is not saved: for another screen in our words, for elsewhere in the browser's. */
export function LeaveGuard({ isChanged, name }: { isChanged: boolean; name: string }) {
  const t = useText();
  const blocker = useBlocker(
    ({ currentLocation, nextLocation }) =>
      // Of what has just been deleted there is nothing to save.
      isChanged && currentLocation.pathname !== nextLocation.pathname && !nextLocation.state?.isDeleted,
  );

  useEffect(() => {
    if (!isChanged) return;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    addEventListener('beforeunload', ask);
    return () => removeEventListener('beforeunload', ask);
  }, [isChanged]);

  return (
    <DialogContainer onDismiss={() => blocker.reset?.()}>
      {blocker.state === 'blocked' && (
        <Dialog size="M" role="alertdialog">
          <Heading slot="title">{t('settings.leave_title')}</Heading>
          <Content>{t('settings.leave_text', { name })}</Content>
          <ButtonGroup>
            <Button variant="secondary" autoFocus onPress={() => blocker.reset()}>
              {t('settings.leave_stay')}
            </Button>
            <Button variant="negative" onPress={() => blocker.proceed()}>
              {t('settings.leave_discard')}
            </Button>
          </ButtonGroup>
        </Dialog>
      )}
    </DialogContainer>
  );
}

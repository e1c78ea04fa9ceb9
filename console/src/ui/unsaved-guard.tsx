import { Button, ButtonGroup, Content, Dialog, DialogContainer, Heading } from '@react-spectrum/s2';
import { type ReactNode, useEffect } from 'react';
import { useBlocker } from 'react-router';
import { useText } from '../intl/text.ts';

/**
 * Asks before unsaved changes are left behind: by a link, by Back, or by closing the window. A change of the query
 * alone leaves nothing.
 * @returns the question, for the screen to render; nothing while there is none
 */
export function useUnsavedGuard(isDirty: boolean): ReactNode {
  const t = useText();
  const blocker = useBlocker(
    ({ currentLocation, nextLocation }) =>
      // Of what has just been deleted there is nothing to save.
      isDirty && currentLocation.pathname !== nextLocation.pathname && !nextLocation.state?.isDeleted,
  );
  useEffect(() => {
    if (!isDirty) return;
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    addEventListener('beforeunload', warn);
    return () => removeEventListener('beforeunload', warn);
  }, [isDirty]);
  return (
    // Not an AlertDialog, whose buttons dismiss it first: what is dismissed can no longer be gone on with.
    <DialogContainer onDismiss={() => blocker.reset?.()}>
      {blocker.state === 'blocked' && (
        <Dialog size="M" role="alertdialog">
          <Heading slot="title">{t('shell.unsaved_title')}</Heading>
          <Content>{t('shell.unsaved_text')}</Content>
          <ButtonGroup>
            <Button variant="secondary" autoFocus onPress={() => blocker.reset()}>
              {t('shell.unsaved_stay')}
            </Button>
            <Button variant="negative" onPress={() => blocker.proceed()}>
              {t('shell.unsaved_leave')}
            </Button>
          </ButtonGroup>
        </Dialog>
      )}
    </DialogContainer>
  );
}

import { Button } from '@react-spectrum/s2/Button';
import { ButtonGroup } from '@react-spectrum/s2/ButtonGroup';
import { Content, Heading, IllustratedMessage } from '@react-spectrum/s2/IllustratedMessage';
import { LinkButton } from '@react-spectrum/s2/LinkButton';
import { useEffect, useState } from 'react';
import { useLoaderData, useNavigate } from 'react-router';
import { useText } from '../../intl/text.ts';
import { Loading } from '../../ui/loading.tsx';
import { usePageTitle } from '../../ui/page.tsx';
import { findAsker, hold } from './code/arrivals.ts';
import { type Callback, readCallback } from './code/callback.ts';

/** Takes the answer out of the address at once, so that no code stays in the history. */
export function loader(): Callback {
  const callback = readCallback(new URLSearchParams(location.search));
  history.replaceState(history.state, '', location.pathname);
  return callback;
}

/** The answer is read once; going on is no reason to look for another. */
export const shouldRevalidate = () => false;

/**
 * Where the authorization server sends the browser back to in a trial. It takes an answer to a request that this browser
 * made, once, and brings it to the screen that asked; it shows nothing of an answer that nobody asked for.
 */
export function Component() {
  const t = useText();
  const callback = useLoaderData<Callback>();
  const navigate = useNavigate();
  const [outcome, setOutcome] = useState<'elsewhere' | 'nobody'>();
  usePageTitle(t('try.return_title'));
  useEffect(() => {
    let isGone = false;
    void asking(callback).then((asker) => {
      if (isGone) return;
      if (typeof asker === 'string') {
        setOutcome(asker);
        // A window that was opened for this has done its work. Browsers that do not close it show why it may be closed.
        if (asker === 'elsewhere') window.close();
        return;
      }
      hold({ pending: asker, callback });
      void navigate(`/applications/${asker.applicationId}/try`, { replace: true });
    });
    return () => {
      isGone = true;
    };
  }, [callback, navigate]);

  if (!outcome)
    return (
      <>
        <h1 className="visually-hidden">{t('try.return_title')}</h1>
        <Loading />
      </>
    );
  return (
    <IllustratedMessage>
      <Heading level={1}>{t(outcome === 'elsewhere' ? 'try.elsewhere_title' : 'try.nobody_title')}</Heading>
      <Content>{t(outcome === 'elsewhere' ? 'try.elsewhere_text' : 'try.nobody_text')}</Content>
      <ButtonGroup>
        {outcome === 'elsewhere' ? (
          <Button variant="accent" onPress={() => window.close()}>
            {t('try.close_window')}
          </Button>
        ) : (
          <LinkButton href="/applications" variant="accent">
            {t('shell.to_applications')}
          </LinkButton>
        )}
      </ButtonGroup>
    </IllustratedMessage>
  );
}

let asked: { callback: Callback; asker: ReturnType<typeof findAsker> } | undefined;

/** Asks once for each answer, however often the screen is drawn. */
function asking(callback: Callback): ReturnType<typeof findAsker> {
  if (asked?.callback !== callback) asked = { callback, asker: findAsker(callback) };
  return asked.asker;
}

import { useEffect, useState } from 'react';
import { openidScope } from '../../../../../server/model/scopes.ts';
import type { Application, Instance } from '../../../api/types.ts';
import { authorizeUrl } from '../../connect/authorize-url.ts';
import { addressesOf } from '../../connect/endpoints.ts';
import { makePkcePair, type PkcePair, randomText } from '../../connect/pkce.ts';
import { type Arrival, takeArrival, waitFor } from './arrivals.ts';
import type { Choices } from './choices.tsx';
import { forgetPending, keepPending, type PendingTrial } from './pending.ts';

/** An authorization request of this page, from its making to its answer. */
export interface Authorization {
  /** The address to go to; undefined for the moment in which its random parts are made. */
  readonly url: string | undefined;
  readonly isWaiting: boolean;
  readonly arrival: Arrival | undefined;
  /** Goes there in a new window, or in this tab where windows are not allowed. */
  readonly startInWindow: () => void;
  readonly startHere: () => void;
  /** A new request, with a new state and challenge; the one before is forgotten. */
  readonly reset: () => void;
}

/** @param choices what the request asks for */
export function useAuthorization(
  application: Application,
  instance: Instance,
  choices: Choices,
): Authorization {
  const { made, renew } = useRandomParts();
  const [waitingFor, setWaitingFor] = useState<PendingTrial>();
  const [arrival, setArrival] = useState(() => takeArrival(application.id));

  useEffect(() => {
    if (!waitingFor) return;
    return waitFor(waitingFor, (arrived) => {
      setWaitingFor(undefined);
      setArrival(arrived);
    });
  }, [waitingFor]);

  const { profile, scopes, resource, prompt, usesPkce } = choices;
  const asksWho = scopes.includes(openidScope);
  const url =
    made &&
    authorizeUrl(instance.url, profile, {
      clientId: application.client_id,
      redirectUri: addressesOf(instance.url).trial,
      scopes,
      resource: profile === 'standard' ? resource : undefined,
      state: made.state,
      challenge: usesPkce ? made.pkce.challenge : undefined,
      nonce: asksWho ? made.nonce : undefined,
      prompt: prompt === 'default' ? undefined : prompt,
    });

  const pending = (isAwaited: boolean): PendingTrial => ({
    applicationId: application.id,
    state: made?.state ?? '',
    issuer: instance.url,
    profile,
    scopes,
    verifier: usesPkce ? (made?.pkce.verifier ?? '') : null,
    nonce: asksWho ? (made?.nonce ?? '') : null,
    isAwaited,
    startedAt: Date.now(),
  });
  const startHere = () => {
    if (url === undefined) return;
    keepPending(pending(false));
    // The console's own addresses are on the issuer's origin, and so is this one.
    const { pathname, search } = new URL(url);
    location.assign(pathname + search);
  };
  const startInWindow = () => {
    if (url === undefined) return;
    const trial = pending(true);
    keepPending(trial);
    const { pathname, search } = new URL(url);
    const opened = window.open(pathname + search, '_blank', 'popup,width=560,height=760');
    if (opened) setWaitingFor(trial);
    else startHere();
  };
  const reset = () => {
    forgetPending();
    setWaitingFor(undefined);
    setArrival(undefined);
    renew();
  };
  return { url, isWaiting: waitingFor !== undefined, arrival, startInWindow, startHere, reset };
}

/** State, nonce and PKCE pair, ready before anybody presses a button: a window opens only at once. */
function useRandomParts() {
  const [made, setMade] = useState<{ state: string; nonce: string; pkce: PkcePair }>();
  const renew = () =>
    void makePkcePair().then((pkce) => setMade({ state: randomText(16), nonce: randomText(16), pkce }));
  useEffect(renew, []);
  return { made, renew };
}

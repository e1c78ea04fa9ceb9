import { useState } from 'react';
import { type Exchange, succeeded } from './http/exchange.ts';

/** The exchanges of a trial's steps, by step, in this page's memory only. */
export function useExchanges<Id extends string>() {
  const [exchanges, setExchanges] = useState<Partial<Record<Id, Exchange>>>({});
  return {
    exchanges,
    /** What a step is given: its exchange, and how to set it. */
    of: (id: Id) => ({
      exchange: exchanges[id],
      onExchange: (exchange: Exchange) => setExchanges((before) => ({ ...before, [id]: exchange })),
    }),
    reset: () => setExchanges({}),
  };
}

/**
 * A step's number, and whether it is the one to do next.
 * @param first the number of the first in `order`
 */
export function place<Id extends string>(
  order: readonly Id[],
  id: Id,
  exchanges: Partial<Record<Id, Exchange>>,
  first: number,
): { readonly number: number; readonly isNext: boolean } {
  const next = order.find((each) => !succeeded(exchanges[each]));
  return { number: first + order.indexOf(id), isNext: id === next };
}

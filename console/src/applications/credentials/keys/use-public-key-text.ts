import { useEffect, useState } from 'react';
import { isPrivateKey } from '../reading/private-key.ts';
import { type Reading, readPublicKey } from '../reading/read-public-key.ts';

const nothing: Reading = { outcome: 'nothing' };
const refused: Reading = { outcome: 'mistake', mistake: 'private' };

/**
 * A text that should be a public key, and what it is. A private key is not kept: the text is empty again before it is
 * drawn, and only the fact remains.
 */
export function usePublicKeyText() {
  const [text, setText] = useState('');
  const [reading, setReading] = useState(nothing);
  useEffect(() => {
    if (text === '') return;
    let isWanted = true;
    void readPublicKey(text, Date.now()).then((read) => isWanted && setReading(read));
    return () => {
      isWanted = false;
    };
  }, [text]);
  const change = (next: string) => {
    const isPrivate = isPrivateKey(next);
    setText(isPrivate ? '' : next);
    if (isPrivate || next === '') setReading(isPrivate ? refused : nothing);
  };
  return { text, reading, change, say: setReading };
}

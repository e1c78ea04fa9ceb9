import { ActionButton } from '@react-spectrum/s2/ActionButton';
import CheckmarkIcon from '@react-spectrum/s2/icons/Checkmark';
import CopyIcon from '@react-spectrum/s2/icons/Copy';
import { Tooltip, TooltipTrigger } from '@react-spectrum/s2/Tooltip';
import { useEffect, useState } from 'react';
import { useText } from '../intl/text.ts';
import { copyText } from './copy-text.ts';

/**
 * Copies a text to the clipboard and says so, or that it could not.
 * @param what names the text for screen readers, such as "Client ID"
 */
export function CopyButton({ text, what }: { text: string; what: string }) {
  const t = useText();
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 2_500);
    return () => clearTimeout(timer);
  }, [copied]);
  return (
    <>
      <TooltipTrigger placement="top">
        <ActionButton
          isQuiet
          size="S"
          aria-label={t('shell.copy', { what })}
          onPress={() => void copyText(t, text).then(setCopied)}
        >
          {copied ? <CheckmarkIcon /> : <CopyIcon />}
        </ActionButton>
        <Tooltip>{copied ? t('shell.copied') : t('shell.copy', { what })}</Tooltip>
      </TooltipTrigger>
      <span className="visually-hidden" aria-live="polite">
        {copied ? t('shell.copied') : ''}
      </span>
    </>
  );
}

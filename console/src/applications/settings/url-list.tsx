import { ActionButton } from '@react-spectrum/s2/ActionButton';
import AddIcon from '@react-spectrum/s2/icons/Add';
import DeleteIcon from '@react-spectrum/s2/icons/Delete';
import { Menu, MenuItem, MenuTrigger, Text } from '@react-spectrum/s2/Menu';
import { TextField } from '@react-spectrum/s2/TextField';
import { useEffect, useRef } from 'react';
import { maxRedirectUris } from '../../../../server/model/application-fields.ts';
import type { MessageKey } from '../../intl/messages.ts';
import { useText } from '../../intl/text.ts';
import type { UrlListName, UrlRow } from './draft.ts';
import { FieldPlace, fieldProps } from './field.tsx';
import { pathOfRow } from './mistakes.ts';
import styles from './settings.module.css';
import type { Settings } from './use-settings.ts';

let rowsMade = 0;

/** Addresses that are at hand, to be added without typing. */
export interface UrlPresets {
  readonly label: string;
  readonly urls: readonly { readonly url: string; readonly label: MessageKey }[];
}

/** A list of addresses: a line for each, with what is wrong with it, and a button for one more. */
export function UrlList(props: {
  settings: Settings;
  list: UrlListName;
  /** Names a line, and the buttons that take it away and add one. */
  words: { readonly number: MessageKey; readonly remove: MessageKey; readonly add: MessageKey };
  /** Shown in an empty line. */
  example: string;
  presets?: UrlPresets;
}) {
  const t = useText();
  const { settings, list, words, example, presets } = props;
  const rows = settings.draft[list];
  const place = useRef<HTMLDivElement>(null);
  const focusNext = useRef<string | null>(null);
  const isFull = rows.length >= maxRedirectUris;
  const mistake = settings.mistakeAt(list);

  useEffect(() => {
    if (focusNext.current === null) return;
    place.current?.querySelector<HTMLElement>(focusNext.current)?.focus();
    focusNext.current = null;
  });

  const change = (next: readonly UrlRow[]) => settings.set(list, next);
  const add = (uri: string) => {
    // An empty line that waits is taken first.
    const key = rows.find((row) => row.uri.trim() === '')?.key ?? `new-${++rowsMade}`;
    focusNext.current = `[data-field="${pathOfRow(list, key)}"] input`;
    const isThere = rows.some((row) => row.key === key);
    change(isThere ? rows.map((row) => (row.key === key ? { key, uri } : row)) : [...rows, { key, uri }]);
  };
  const remove = (index: number) => {
    const next = rows[index + 1] ?? rows[index - 1];
    focusNext.current = next ? `[data-field="${pathOfRow(list, next.key)}"] button` : '[data-add] button';
    change(rows.filter((_, other) => other !== index));
  };

  return (
    <div className={styles['url-list']} ref={place}>
      {rows.length > 0 && (
        <ul className={styles['rows']}>
          {rows.map(({ key, uri }, index) => (
            <li key={key}>
              <FieldPlace path={pathOfRow(list, key)} settings={settings}>
                <div className={styles['row']}>
                  <div>
                    <TextField
                      aria-label={t(words.number, { number: index + 1 })}
                      placeholder={example}
                      value={uri}
                      onChange={(value) =>
                        change(rows.map((row) => (row.key === key ? { key, uri: value } : row)))
                      }
                      inputMode="url"
                      autoComplete="off"
                      spellCheck="false"
                      {...fieldProps(settings, pathOfRow(list, key))}
                    />
                  </div>
                  <ActionButton
                    isQuiet
                    aria-label={t(words.remove, { number: index + 1 })}
                    onPress={() => remove(index)}
                  >
                    <DeleteIcon />
                  </ActionButton>
                </div>
              </FieldPlace>
            </li>
          ))}
        </ul>
      )}
      <FieldPlace path={list} settings={settings}>
        <div className={styles['actions']} data-add>
          <ActionButton isDisabled={isFull} onPress={() => add('')}>
            <AddIcon />
            <Text>{t(words.add)}</Text>
          </ActionButton>
          {presets && (
            <MenuTrigger>
              <ActionButton isDisabled={isFull}>
                <Text>{presets.label}</Text>
              </ActionButton>
              <Menu
                disabledKeys={presets.urls
                  .map(({ url }) => url)
                  .filter((url) => rows.some(({ uri }) => uri.trim() === url))}
                onAction={(url) => add(String(url))}
              >
                {presets.urls.map(({ url, label }) => (
                  <MenuItem key={url} id={url} textValue={t(label)}>
                    <Text slot="label">{t(label)}</Text>
                    <Text slot="description">{url}</Text>
                  </MenuItem>
                ))}
              </Menu>
            </MenuTrigger>
          )}
        </div>
        {(isFull || mistake) && (
          <p className={styles['help']}>{mistake ?? t('settings.urls_full', { max: maxRedirectUris })}</p>
        )}
      </FieldPlace>
    </div>
  );
}

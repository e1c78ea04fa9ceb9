import { ActionButton } from '@react-spectrum/s2/ActionButton';
import { Content, Heading, InlineAlert } from '@react-spectrum/s2/InlineAlert';
import AddIcon from '@react-spectrum/s2/icons/Add';
import DeleteIcon from '@react-spectrum/s2/icons/Delete';
import { Menu, MenuItem, MenuTrigger, Text } from '@react-spectrum/s2/Menu';
import { TextField } from '@react-spectrum/s2/TextField';
import { useEffect, useRef } from 'react';
import { maxRedirectUris } from '../../../../server/model/application-fields.ts';
import { useText } from '../../intl/text.ts';
import { Section } from '../../ui/page.tsx';
import { filledRows, type RedirectRow } from './draft.ts';
import { FieldPlace, fieldProps } from './field.tsx';
import { exampleRedirectUrl, fusionUrls } from './fusion.ts';
import { pathOfRow } from './mistakes.ts';
import styles from './settings.module.css';
import type { Settings } from './use-settings.ts';

let rowsMade = 0;

/** Where users may be sent after they signed in: a list of addresses, with those of Workfront Fusion at hand. */
export function RedirectUrls({ settings }: { settings: Settings }) {
  const t = useText();
  const { redirect_uris: rows } = settings.draft;
  const place = useRef<HTMLDivElement>(null);
  const focusNext = useRef<string | null>(null);
  const isFull = rows.length >= maxRedirectUris;
  const mistake = settings.mistakeAt('redirect_uris');

  useEffect(() => {
    if (focusNext.current === null) return;
    place.current?.querySelector<HTMLElement>(focusNext.current)?.focus();
    focusNext.current = null;
  });

  const change = (next: readonly RedirectRow[]) => settings.set('redirect_uris', next);
  const add = (uri: string) => {
    // An empty line that waits is taken first.
    const key = rows.find((row) => row.uri.trim() === '')?.key ?? `new-${++rowsMade}`;
    focusNext.current = `[data-field="${pathOfRow(key)}"] input`;
    const isThere = rows.some((row) => row.key === key);
    change(isThere ? rows.map((row) => (row.key === key ? { key, uri } : row)) : [...rows, { key, uri }]);
  };
  const remove = (index: number) => {
    const next = rows[index + 1] ?? rows[index - 1];
    focusNext.current = next ? `[data-field="${pathOfRow(next.key)}"] button` : '[data-add] button';
    change(rows.filter((_, other) => other !== index));
  };

  return (
    <Section
      title={t('field.application.redirect_uris')}
      description={t('field.application.redirect_uris_help')}
    >
      <div className={styles['fields']} ref={place}>
        {filledRows(settings.draft).length === 0 && (
          <InlineAlert variant="notice">
            <Heading>{t('settings.redirect_urls_none_title')}</Heading>
            <Content>{t('settings.redirect_urls_none_text')}</Content>
          </InlineAlert>
        )}
        {rows.length > 0 && (
          <ul className={styles['rows']}>
            {rows.map(({ key, uri }, index) => (
              <li key={key}>
                <FieldPlace path={pathOfRow(key)} settings={settings}>
                  <div className={styles['row']}>
                    <div>
                      <TextField
                        aria-label={t('settings.redirect_url_number', { number: index + 1 })}
                        placeholder={exampleRedirectUrl}
                        value={uri}
                        onChange={(value) =>
                          change(rows.map((row) => (row.key === key ? { key, uri: value } : row)))
                        }
                        inputMode="url"
                        autoComplete="off"
                        spellCheck="false"
                        {...fieldProps(settings, `redirect_uris.${key}`)}
                      />
                    </div>
                    <ActionButton
                      isQuiet
                      aria-label={t('settings.redirect_url_remove', { number: index + 1 })}
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
        <FieldPlace path="redirect_uris" settings={settings}>
          <div className={styles['actions']} data-add>
            <ActionButton isDisabled={isFull} onPress={() => add('')}>
              <AddIcon />
              <Text>{t('settings.redirect_url_add')}</Text>
            </ActionButton>
            <MenuTrigger>
              <ActionButton isDisabled={isFull}>
                <Text>{t('settings.fusion')}</Text>
              </ActionButton>
              <Menu
                disabledKeys={fusionUrls
                  .map(({ url }) => url)
                  .filter((url) => rows.some(({ uri }) => uri.trim() === url))}
                onAction={(url) => add(String(url))}
              >
                {fusionUrls.map(({ url, label }) => (
                  <MenuItem key={url} id={url} textValue={t(label)}>
                    <Text slot="label">{t(label)}</Text>
                    <Text slot="description">{url}</Text>
                  </MenuItem>
                ))}
              </Menu>
            </MenuTrigger>
          </div>
          {(isFull || mistake) && (
            <p className={styles['help']}>
              {mistake ?? t('settings.redirect_urls_full', { max: maxRedirectUris })}
            </p>
          )}
        </FieldPlace>
      </div>
    </Section>
  );
}

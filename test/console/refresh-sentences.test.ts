import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { consoleWords } from '../support/console-words.ts';

const HOUR = 3_600;
const DAY = 24 * HOUR;

// The console is compiled with its own settings, so that its parts are fetched by address here.
const { refreshSentences } = await import(
  new URL('../../console/src/applications/settings/refresh-sentences.ts', import.meta.url).href
);

describe('the sentences that say what the settings of refresh tokens mean together', () => {
  const forEver = { absolute: null, inactivity: null };
  const whileActive = { absolute: null, inactivity: 180 * DAY };
  const until = { absolute: DAY, inactivity: null };
  const untilAlthoughActive = { absolute: 30 * DAY, inactivity: 365 * DAY };
  const whileActiveUntil = { absolute: 365 * DAY, inactivity: HOUR };
  const cases = {
    en: [
      [
        forEver,
        'A user who has connected stays connected for ever, until they or an administrator end the access.',
      ],
      [
        whileActive,
        'A user who signs in at least every 6 months stays connected for ever. Anyone who stays away longer must connect again.',
      ],
      [until, 'Every user must connect again 1 day after connecting, however active they are.'],
      [
        untilAlthoughActive,
        'Every user must connect again 1 month after connecting, however active they are.',
      ],
      [
        whileActiveUntil,
        'A user who signs in at least every hour stays connected for 1 year and must then connect again. Anyone who stays away longer must do so sooner.',
      ],
    ],
    fr: [
      [
        forEver,
        'Un utilisateur qui s’est connecté le reste indéfiniment, jusqu’à ce que lui-même ou un administrateur mette fin à l’accès.',
      ],
      [
        whileActive,
        'Un utilisateur qui ne passe jamais plus de 6 mois sans se connecter reste connecté indéfiniment. Après une absence plus longue, il doit refaire la connexion.',
      ],
      [
        until,
        'Chaque utilisateur doit refaire la connexion 1 jour après s’être connecté, quelle que soit son activité.',
      ],
      [
        untilAlthoughActive,
        'Chaque utilisateur doit refaire la connexion 1 mois après s’être connecté, quelle que soit son activité.',
      ],
      [
        whileActiveUntil,
        'Un utilisateur qui ne passe jamais plus de 1 heure sans se connecter reste connecté pendant 1 an, puis doit refaire la connexion. Après une absence plus longue, il doit la refaire plus tôt.',
      ],
    ],
    sv: [
      [
        forEver,
        'En användare som har anslutit förblir ansluten för alltid, tills användaren själv eller en administratör avslutar åtkomsten.',
      ],
      [
        whileActive,
        'En användare som aldrig låter det gå mer än 6 månader mellan inloggningarna förblir ansluten för alltid. Den som är borta längre måste ansluta igen.',
      ],
      [until, 'Varje användare måste ansluta igen 1 dygn efter anslutningen, hur aktiv användaren än är.'],
      [
        untilAlthoughActive,
        'Varje användare måste ansluta igen 1 månad efter anslutningen, hur aktiv användaren än är.',
      ],
      [
        whileActiveUntil,
        'En användare som aldrig låter det gå mer än 1 timme mellan inloggningarna förblir ansluten i 1 år och måste sedan ansluta igen. Den som är borta längre måste göra det tidigare.',
      ],
    ],
    'zh-Hans': [
      [forEver, '用户连接后将永久保持连接，直到用户本人或管理员终止访问。'],
      [whileActive, '至少每6个月登录一次的用户将永久保持连接。离开更久的用户必须重新连接。'],
      [until, '每位用户在连接1天后都必须重新连接，无论其是否活跃。'],
      [untilAlthoughActive, '每位用户在连接1个月后都必须重新连接，无论其是否活跃。'],
      [
        whileActiveUntil,
        '至少每1小时登录一次的用户将保持连接1年，之后必须重新连接。离开更久的用户需要更早重新连接。',
      ],
    ],
  } as const;

  for (const [language, sentences] of Object.entries(cases))
    test(`they are true of every combination in ${language}`, () => {
      const words = consoleWords(language);
      const plain = (text: string) => text.replace(/[\u00a0\u202f]/g, ' ');
      const intl = {
        formatNumber: (value: number, options: Intl.NumberFormatOptions) =>
          new Intl.NumberFormat(language, options).format(value),
        formatNumberToParts: (value: number, options: Intl.NumberFormatOptions) =>
          new Intl.NumberFormat(language, options).formatToParts(value),
      };
      const say = (absolute: number | null, inactivity: number | null, rotation: boolean, scopes: string[]) =>
        plain(
          refreshSentences(words, intl, {
            scopes,
            access_token_lifetime: HOUR,
            refresh_token_rotation: rotation,
            refresh_token_absolute_lifetime: absolute,
            refresh_token_inactivity_lifetime: inactivity,
          }).join(' '),
        );
      for (const [{ absolute, inactivity }, sentence] of sentences)
        for (const rotation of [true, false])
          assert.equal(
            say(absolute, inactivity, rotation, ['api', 'offline_access']),
            plain(`${sentence} ${words(rotation ? 'settings.rotating' : 'settings.not_rotating')}`),
          );
      const { format } = new Intl.NumberFormat(language, {
        style: 'unit',
        unit: 'hour',
        unitDisplay: 'long',
      });
      assert.equal(
        say(null, null, true, ['api']),
        plain(words('settings.no_refresh', { lifetime: format(1) })),
      );
      assert.equal(say(NaN, null, true, ['api']), words('settings.summary_incomplete'));
    });
});

import type { Api } from '../../api/types.ts';
import { Facts } from '../../applications/connect/facts.tsx';
import { LanguagePrograms } from '../../applications/connect/language-programs.tsx';
import { useText } from '../../intl/text.ts';
import { Copyable } from '../../ui/copyable.tsx';
import { Section } from '../../ui/page.tsx';
import { checkLanguages } from './languages.ts';
import { checkValuesOf } from './values.ts';

/** How the API checks its tokens: what each must be, and programs filled in with that. @param issuer the instance's `url` */
export function CheckSection({ api, issuer }: { api: Api; issuer: string }) {
  const t = useText();
  const values = checkValuesOf(api, issuer);
  const fact = (name: string, text: string) =>
    [name, <Copyable key={name} text={text} what={name} />] as const;
  return (
    <Section title={t('apis.check')} description={t('apis.check_about')}>
      <Facts
        facts={[
          fact('iss', values.issuer),
          fact('aud', values.audience),
          fact('alg', values.algorithm),
          fact('typ', values.typ),
          fact('jwks_uri', values.jwksUri),
        ]}
      />
      <LanguagePrograms
        label={t('apis.check_language')}
        languages={checkLanguages(values)}
        // What the program in C# checks comes by HTTP.
        variableOf={({ id }) =>
          id === 'csharp' ? undefined : { name: 'ACCESS_TOKEN', about: 'apis.check_access_token' }
        }
        hintOf={({ id }) => id === 'nginx' && t('apis.check_nginx')}
      />
    </Section>
  );
}

import { Tab, TabList, TabPanel, Tabs, Text } from '@react-spectrum/s2/Tabs';
import { Fragment, type ReactNode } from 'react';
import type { MessageKey } from '../../intl/messages.ts';
import { useText } from '../../intl/text.ts';
import styles from './connect.module.css';
import type { Language } from './language.ts';
import { ProgramFile } from './program-file.tsx';

/** An environment variable that a program takes. */
interface Variable {
  readonly name: string;
  readonly about: MessageKey;
}

/**
 * Programs in the language that the reader chooses, and what brings and runs them.
 * @param label what there is to choose
 * @param variableOf what a program takes, if it runs by itself
 * @param hintOf what else there is to know before the files
 */
export function LanguagePrograms(props: {
  label: string;
  languages: readonly Language[];
  variableOf: (language: Language) => Variable | undefined;
  hintOf: (language: Language) => ReactNode;
}) {
  const { label, languages, variableOf, hintOf } = props;
  return (
    <Tabs aria-label={label}>
      <TabList>
        {languages.map(({ id, name }) => (
          <Tab key={id} id={id}>
            <Text>{name}</Text>
          </Tab>
        ))}
      </TabList>
      {languages.map((language) => {
        const hint = hintOf(language);
        return (
          <TabPanel key={language.id} id={language.id}>
            <div className={styles['program']}>
              <Commands language={language} variable={variableOf(language)} />
              {hint && <p className={styles['hint']}>{hint}</p>}
              <ol className={styles['steps']}>
                {language.files.map(({ fileName, text }) => (
                  <ProgramFile key={fileName} title={fileName} fileName={fileName} text={text} />
                ))}
              </ol>
            </div>
          </TabPanel>
        );
      })}
    </Tabs>
  );
}

function Commands(props: { language: Language; variable: Variable | undefined }) {
  const t = useText();
  const { language, variable } = props;
  const { install, run } = language;
  const lines: (readonly [string, MessageKey | undefined])[] = install.map((command, index) => [
    command,
    index === install.length - 1 ? 'connect.users_install' : undefined,
  ]);
  if (run !== undefined) lines.push([run, 'connect.runs_with']);
  if (run !== undefined && variable) lines.push([variable.name, variable.about]);
  if (lines.length === 0) return null;
  return (
    <dl className={styles['variables']}>
      {lines.map(([code, about]) => (
        <Fragment key={code}>
          <dt>
            <code>{code}</code>
          </dt>
          <dd>{about && t(about)}</dd>
        </Fragment>
      ))}
    </dl>
  );
}

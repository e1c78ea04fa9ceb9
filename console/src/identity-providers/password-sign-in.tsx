import { AlertDialog, DialogContainer } from '@react-spectrum/s2/AlertDialog';
import { Content, Heading, InlineAlert } from '@react-spectrum/s2/InlineAlert';
import { Radio, RadioGroup } from '@react-spectrum/s2/RadioGroup';
import { useState } from 'react';
import { passwordSignIns } from '../../../server/model/identity-provider.ts';
import { useUpdateInstance } from '../api/instance.ts';
import type { IdentityProvider, Instance } from '../api/types.ts';
import { passwordSignInCommand } from '../instance/command.ts';
import type { MessageKey } from '../intl/messages.ts';
import { useText } from '../intl/text.ts';
import { CodeBlock } from '../ui/code-block.tsx';
import { Section } from '../ui/page.tsx';
import { showDone, showProblem } from '../ui/toasts.ts';
import styles from './identity-providers.module.css';

type Who = Instance['sign_in']['password'];

const words: Record<Who, { label: MessageKey; about: MessageKey }> = {
  everybody: { label: 'providers.password_everybody', about: 'providers.password_everybody_about' },
  administrators: {
    label: 'providers.password_administrators',
    about: 'providers.password_administrators_about',
  },
  nobody: { label: 'providers.password_nobody', about: 'providers.password_nobody_about' },
};

/** What is asked before fewer people may. */
const titles = {
  administrators: 'providers.password_title_administrators',
  nobody: 'providers.password_title_nobody',
} as const satisfies Partial<Record<Who, MessageKey>>;

/** Who may still use a password, and how to get out where nobody may and a provider fails. */
export function PasswordSignIn(props: { providers: readonly IdentityProvider[]; instance: Instance }) {
  const { providers, instance } = props;
  const t = useText();
  const update = useUpdateInstance();
  const [wanted, setWanted] = useState<keyof typeof titles>();
  const { password } = instance.sign_in;
  const isShut = password !== 'everybody' && !providers.some(({ enabled }) => enabled);
  const set = (who: Who) =>
    update.mutate(
      { sign_in: { password: who } },
      { onError: showProblem(t), onSuccess: () => showDone(t('providers.password_saved')) },
    );
  return (
    <Section title={t('providers.password')} description={t('providers.password_about')}>
      {isShut && (
        <InlineAlert variant="negative">
          <Heading>{t('providers.password_shut_title')}</Heading>
          <Content>{t('providers.password_shut')}</Content>
        </InlineAlert>
      )}
      <RadioGroup
        label={t('providers.password_who')}
        value={password}
        isDisabled={update.isPending}
        // To let more people in needs no question.
        onChange={(who) => (who === 'everybody' ? set('everybody') : setWanted(who as keyof typeof titles))}
      >
        {passwordSignIns.map((who) => (
          <Radio key={who} value={who}>
            {t(words[who].label)}
          </Radio>
        ))}
      </RadioGroup>
      <p className={styles['muted']}>{t.rich(words[password].about)}</p>
      {password !== 'everybody' && (
        <div className={styles['group']}>
          <p className={styles['muted']}>{t('providers.password_command_about')}</p>
          <CodeBlock text={passwordSignInCommand(instance.handle)} what={t('providers.password_command')} />
        </div>
      )}
      <DialogContainer onDismiss={() => setWanted(undefined)}>
        {wanted !== undefined && (
          <AlertDialog
            variant={wanted === 'nobody' ? 'destructive' : 'confirmation'}
            title={t(titles[wanted])}
            primaryActionLabel={t('providers.password_submit')}
            cancelLabel={t('shell.cancel')}
            autoFocusButton="cancel"
            onPrimaryAction={() => set(wanted)}
          >
            {t.rich(words[wanted].about)}{' '}
            {t(
              providers.some(({ enabled }) => enabled)
                ? 'providers.password_sessions'
                : 'providers.password_no_provider',
            )}
          </AlertDialog>
        )}
      </DialogContainer>
    </Section>
  );
}

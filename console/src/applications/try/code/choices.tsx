import { Checkbox, CheckboxGroup } from '@react-spectrum/s2/CheckboxGroup';
import { Picker, PickerItem } from '@react-spectrum/s2/Picker';
import { Switch } from '@react-spectrum/s2/Switch';
import type { Application } from '../../../api/types.ts';
import type { MessageKey } from '../../../intl/messages.ts';
import { useText } from '../../../intl/text.ts';
import { ApiChoice } from '../../connect/api-choice.tsx';
import type { Profile } from '../../connect/endpoints.ts';
import { ProfileChoice } from '../../connect/profile-choice.tsx';
import styles from '../try.module.css';

export type Prompt = 'default' | 'login' | 'consent' | 'none';

/** What an authorization request asks for. */
export interface Choices {
  readonly profile: Profile;
  readonly scopes: readonly string[];
  /** The identifier of the API that the tokens are for; undefined: by the scopes. */
  readonly resource: string | undefined;
  readonly prompt: Prompt;
  readonly usesPkce: boolean;
}

const prompts: Record<Prompt, MessageKey> = {
  default: 'try.prompt_default',
  login: 'try.prompt_login',
  consent: 'try.prompt_consent',
  none: 'try.prompt_none',
};

/** The choices of an authorization request. */
export function ChoicesForm(props: {
  application: Application;
  value: Choices;
  onChange: (choices: Choices) => void;
}) {
  const t = useText();
  const { application, value, onChange } = props;
  return (
    <div className={styles['form']}>
      <div className={styles['group']}>
        <span className={styles['label']}>{t('connect.profile')}</span>
        <ProfileChoice value={value.profile} onChange={(profile) => onChange({ ...value, profile })} />
        <span className={styles['label']}>
          {t(value.profile === 'workfront' ? 'connect.workfront_text' : 'connect.standard_text')}
        </span>
      </div>
      <CheckboxGroup
        label={t('connect.scopes')}
        description={t(value.profile === 'workfront' ? 'try.scopes_text_workfront' : 'try.scopes_text')}
        value={[...value.scopes]}
        onChange={(scopes) => onChange({ ...value, scopes })}
      >
        {application.scopes.map((scope) => (
          <Checkbox key={scope} value={scope}>
            {scope}
          </Checkbox>
        ))}
      </CheckboxGroup>
      {value.profile === 'standard' && (
        <ApiChoice
          application={application}
          value={value.resource}
          onChange={(resource) => onChange({ ...value, resource })}
        />
      )}
      <Picker
        label={t('try.prompt')}
        description={t(value.prompt === 'login' ? 'try.prompt_login_text' : 'try.prompt_text')}
        selectedKey={value.prompt}
        onSelectionChange={(prompt) => onChange({ ...value, prompt: prompt as Prompt })}
        UNSAFE_style={{ width: '100%' }}
      >
        {Object.entries(prompts).map(([prompt, label]) => (
          <PickerItem key={prompt} id={prompt}>
            {t(label)}
          </PickerItem>
        ))}
      </Picker>
      {application.type === 'web' && (
        <Switch
          isSelected={value.usesPkce}
          isDisabled={application.require_pkce === true}
          onChange={(usesPkce) => onChange({ ...value, usesPkce })}
        >
          {t('try.use_pkce')}
        </Switch>
      )}
    </div>
  );
}

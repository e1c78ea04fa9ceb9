import { Form } from '@react-spectrum/s2/Form';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import type { Api, Application, Instance } from '../../api/types.ts';
import { SaveBar } from '../../ui/save-bar.tsx';
import { useUnsavedGuard } from '../../ui/unsaved-guard.tsx';
import { About } from './about.tsx';
import { focusFirstMistake } from './field.tsx';
import { General } from './general.tsx';
import { OpenIdConnect } from './openid-connect.tsx';
import { RedirectUrls } from './redirect-urls.tsx';
import styles from './settings.module.css';
import { Tokens } from './tokens.tsx';
import { useSettings } from './use-settings.ts';

/** The settings that are saved together: all that its type has but the logo and whether it is enabled. */
export function SettingsForm(props: { application: Application; instance: Instance; apis: readonly Api[] }) {
  const { application, instance, apis } = props;
  const settings = useSettings(application, instance, apis);
  const place = useRef<HTMLDivElement>(null);
  const lastSection = useRef<HTMLElement | null>(null);
  const [refusals, setRefusals] = useState(0);
  const leaving = useUnsavedGuard(settings.isChanged);
  const withUsers = application.type !== 'machine';

  useEffect(() => {
    const remember = ({ target }: FocusEvent) => {
      lastSection.current = (target as Element).closest('section') ?? lastSection.current;
    };
    const listening = place.current;
    listening?.addEventListener('focusin', remember);
    return () => listening?.removeEventListener('focusin', remember);
  }, []);
  // The bar goes away with the button that was pressed; the keyboard goes on in the section where it came from.
  const leaveBar = () => {
    const section = lastSection.current ?? place.current?.querySelector('section');
    if (!section) return;
    section.tabIndex = -1;
    section.focus({ preventScroll: true });
  };
  const isInBar = () => document.activeElement?.closest('[data-save-bar]') != null;

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (!settings.isChanged || settings.isSaving) return;
    const cameFromBar = isInBar();
    if (await settings.save()) {
      if (cameFromBar) leaveBar();
      return;
    }
    setRefusals((before) => before + 1);
  };
  // Once the mistakes are on the page.
  useEffect(() => {
    const form = place.current?.querySelector('form');
    if (refusals > 0 && form) focusFirstMistake(form);
  }, [refusals]);
  const discard = () => {
    if (isInBar()) leaveBar();
    settings.discard();
  };

  return (
    <div ref={place}>
      <Form onSubmit={submit} validationBehavior="aria" isEmphasized>
        <div className={styles['sections']}>
          <General settings={settings} />
          {withUsers && <RedirectUrls settings={settings} />}
          <Tokens settings={settings} />
          {withUsers && <OpenIdConnect settings={settings} />}
          {withUsers && <About settings={settings} />}
        </div>
        <SaveBar {...settings} onDiscard={discard} />
      </Form>
      {leaving}
    </div>
  );
}

import type { ReactNode } from 'react';
import type { Field as FieldName, UrlListName } from './draft.ts';
import type { Settings } from './use-settings.ts';

/** Marks where a field is, so that the first wrong one can be found and focused. */
export function FieldPlace(props: { path: string; settings: Settings; children: ReactNode }) {
  const { path, settings, children } = props;
  return (
    <div data-field={path} data-wrong={settings.mistakeAt(path) !== undefined || undefined}>
      {children}
    </div>
  );
}

/** Puts the cursor into the first field of the form that is wrong. */
export function focusFirstMistake(form: HTMLFormElement): void {
  form.querySelector<HTMLElement>('[data-wrong] :is(input, textarea, button)')?.focus();
}

/** The properties that the design system's fields have in common. */
export function fieldProps(settings: Settings, path: FieldName | `${UrlListName}.${string}`) {
  const mistake = settings.mistakeAt(path);
  return {
    onBlur: () => settings.visit(path),
    isInvalid: mistake !== undefined,
    errorMessage: mistake,
    UNSAFE_style: { width: '100%' },
  };
}

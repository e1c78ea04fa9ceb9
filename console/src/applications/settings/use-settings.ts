import { useMemo, useState } from 'react';
import { useUpdateApplication } from '../../api/applications.ts';
import { Problem } from '../../api/problem.ts';
import type { Api, Application, Instance } from '../../api/types.ts';
import { useText } from '../../intl/text.ts';
import { showDone, showProblem } from '../../ui/toasts.ts';
import { changesOf, type Draft, draftOf, type Field } from './draft.ts';
import { describe, findMistakes, type Mistakes } from './mistakes.ts';

/** The form of an application's settings: what is in it, what is wrong with it, and how to save it. */
export interface Settings {
  readonly application: Application;
  readonly instance: Instance;
  /** All of the instance. */
  readonly apis: readonly Api[];
  readonly draft: Draft;
  /** Puts a value into a field. */
  readonly set: <Name extends Field>(field: Name, value: Draft[Name]) => void;
  /** Says that somebody has been in a field, so that what is wrong there may be shown. */
  readonly visit: (path: string) => void;
  /** What is wrong there, once it may be shown. */
  readonly mistakeAt: (path: string) => string | undefined;
  /** Whether a mistake is shown somewhere. */
  readonly hasMistakes: boolean;
  readonly isChanged: boolean;
  readonly isSaving: boolean;
  /** Counts up when edits are thrown away, for fields that hold more than their value. */
  readonly revision: number;
  readonly discard: () => void;
  /** Sends what was changed. @returns whether it is saved; when not, the mistakes are shown */
  readonly save: () => Promise<boolean>;
}

/**
 * Holds only what was edited, so that what others change meanwhile shows in all other fields.
 * @param application as the server has it now
 */
export function useSettings(application: Application, instance: Instance, apis: readonly Api[]): Settings {
  const t = useText();
  const update = useUpdateApplication(application.id);
  const [edits, setEdits] = useState<Partial<Draft>>({});
  const [visited, setVisited] = useState<ReadonlySet<string>>(new Set());
  const [refused, setRefused] = useState<Mistakes>({});
  const [isEverythingShown, setEverythingShown] = useState(false);
  const [revision, setRevision] = useState(0);

  const draft = useMemo(() => ({ ...draftOf(application), ...edits }), [application, edits]);
  const changes = changesOf(edits, application);
  const scopes = apis.flatMap((api) => api.scopes);
  const mistakes = inFields(findMistakes(t, application.type, draft, scopes), Object.keys(changes));

  const beginAnew = () => {
    setEdits({});
    setVisited(new Set());
    setRefused({});
    setEverythingShown(false);
  };

  const save = async () => {
    setEverythingShown(true);
    if (Object.keys(mistakes).length > 0) return false;
    try {
      await update.mutateAsync(changes);
    } catch (error) {
      if (error instanceof Problem && error.errors.length > 0)
        setRefused(describe(t, application.type, draft, error.errors));
      else showProblem(t)(error);
      return false;
    }
    beginAnew();
    showDone(t('settings.saved'));
    return true;
  };

  const shown = (path: string) => isEverythingShown || visited.has(path);
  return {
    application,
    instance,
    apis,
    draft,
    set: (field, value) => {
      setEdits((before) => ({ ...before, [field]: value }));
      setRefused((before) => withoutField(before, field));
    },
    visit: (path) => setVisited((before) => (before.has(path) ? before : new Set([...before, path]))),
    mistakeAt: (path) => refused[path] ?? (shown(path) ? mistakes[path] : undefined),
    hasMistakes: Object.keys(refused).length > 0 || Object.keys(mistakes).some(shown),
    isChanged: Object.keys(changes).length > 0,
    isSaving: update.isPending,
    revision,
    discard: () => {
      beginAnew();
      setRevision((before) => before + 1);
    },
    save,
  };
}

/** What was not changed is not sent, so nothing there is in the way of saving. */
function inFields(mistakes: Mistakes, fields: readonly string[]): Mistakes {
  return Object.fromEntries(Object.entries(mistakes).filter(([path]) => fields.includes(fieldOf(path))));
}

function withoutField(mistakes: Mistakes, field: Field): Mistakes {
  return Object.fromEntries(Object.entries(mistakes).filter(([path]) => fieldOf(path) !== field));
}

function fieldOf(path: string): string {
  return path.split('.')[0] ?? '';
}

import { Content, Heading, InlineAlert } from '@react-spectrum/s2/InlineAlert';
import { useInstance } from '../../api/instance.ts';
import { useText } from '../../intl/text.ts';
import { ErrorView } from '../../ui/error-view.tsx';
import { Loading } from '../../ui/loading.tsx';
import { useApplication } from '../application/page.tsx';
import { CodeTrial } from './code/code-trial.tsx';
import { MachineTrial } from './machine/machine-trial.tsx';
import styles from './try.module.css';

/** *Try it*: the application's own flow, run in this browser, with everything that goes over the wire. */
export function Component() {
  const t = useText();
  const application = useApplication();
  const { data: instance, error, refetch } = useInstance();
  if (!instance) return error ? <ErrorView error={error} retry={() => void refetch()} /> : <Loading />;
  const common = { application, instance };
  return (
    <>
      <p className={styles['intro']}>{t('try.intro')}</p>
      {!application.enabled && (
        <InlineAlert variant="notice">
          <Heading>{t('connect.disabled_title')}</Heading>
          <Content>{t('connect.disabled_text')}</Content>
        </InlineAlert>
      )}
      {application.type === 'machine' ? (
        <MachineTrial key={application.id} {...common} />
      ) : (
        <CodeTrial key={application.id} {...common} />
      )}
    </>
  );
}

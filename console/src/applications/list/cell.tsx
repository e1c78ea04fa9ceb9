import { useIntl } from 'react-intl';
import type { ListedApplication } from '../../api/applications.ts';
import { useText } from '../../intl/text.ts';
import { Ago, Day } from '../../intl/time.tsx';
import { AppLogo } from '../../ui/app-logo.tsx';
import { Copyable } from '../../ui/copyable.tsx';
import { ApplicationStatus } from '../application-status.tsx';
import { applicationTypes } from '../types.ts';
import type { ColumnId } from './columns.ts';
import styles from './list.module.css';

/** What stands in a cell. @param withType whether the type stands under the name */
export function CellContent(props: { application: ListedApplication; column: ColumnId; withType: boolean }) {
  const { application, column, withType } = props;
  const t = useText();
  const intl = useIntl();
  const type = t(applicationTypes[application.type].label);
  switch (column) {
    case 'name':
      return (
        <span className={styles['name']}>
          <AppLogo application={application} />
          <span className={styles['name-text']}>
            <span className={styles['name-itself']}>{application.name}</span>
            {withType && <span className={styles['type']}>{type}</span>}
          </span>
        </span>
      );
    case 'type':
      return type;
    case 'client_id':
      return <Copyable text={application.client_id} what={t('applications.client_id')} short />;
    case 'status':
      return <ApplicationStatus application={application} />;
    case 'created_at':
      return <Day at={application.created_at} />;
    case 'last_used_at':
      return application.last_used_at === null ? (
        t('applications.never')
      ) : (
        <Ago at={application.last_used_at} />
      );
    case 'user_count':
      // A machine application acts for the user of its key; nobody connects to it.
      return application.type === 'machine' ? '' : intl.formatNumber(application.user_count);
  }
}

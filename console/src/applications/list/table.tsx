import { SearchField } from '@react-spectrum/s2/SearchField';
import {
  Cell,
  Column,
  Row,
  type SortDescriptor,
  TableBody,
  TableHeader,
  TableView,
} from '@react-spectrum/s2/TableView';
import { useMemo, useState } from 'react';
import { useIntl } from 'react-intl';
import { useNavigate } from 'react-router';
import type { ListOfApplications } from '../../api/applications.ts';
import type { MessageKey } from '../../intl/messages.ts';
import { useText } from '../../intl/text.ts';
import { CellContent } from './cell.tsx';
import { type ColumnId, useColumns } from './columns.ts';
import styles from './list.module.css';
import { type SortColumn, search, sort } from './order.ts';

const columnProps: Record<
  ColumnId,
  { label: MessageKey; minWidth: number; defaultWidth: '1fr' | '2fr' | '3fr'; allowsSorting: boolean }
> = {
  name: { label: 'field.application.name', minWidth: 190, defaultWidth: '3fr', allowsSorting: true },
  type: { label: 'applications.type', minWidth: 220, defaultWidth: '2fr', allowsSorting: true },
  client_id: { label: 'applications.client_id', minWidth: 150, defaultWidth: '2fr', allowsSorting: false },
  status: { label: 'applications.status', minWidth: 135, defaultWidth: '1fr', allowsSorting: true },
  created_at: { label: 'applications.created', minWidth: 130, defaultWidth: '1fr', allowsSorting: true },
  last_used_at: { label: 'applications.last_used', minWidth: 145, defaultWidth: '1fr', allowsSorting: true },
  user_count: { label: 'applications.users', minWidth: 110, defaultWidth: '1fr', allowsSorting: true },
};

/** The applications, to search, sort and open. */
export function ApplicationTable({ list }: { list: ListOfApplications }) {
  const t = useText();
  const intl = useIntl();
  const navigate = useNavigate();
  const columns = useColumns();
  const withType = !columns.includes('type');
  const [wanted, setWanted] = useState('');
  const [order, setOrder] = useState<SortDescriptor>({ column: 'name', direction: 'ascending' });
  const rows = useMemo(() => {
    const found = search(list.data, wanted);
    return sort(found, order.column as SortColumn, order.direction, intl.locale);
  }, [list.data, wanted, order, intl.locale]);

  return (
    <div className={styles['list']}>
      <div className={styles['tools']}>
        <SearchField
          aria-label={t('applications.search')}
          placeholder={t('applications.search')}
          value={wanted}
          onChange={setWanted}
        />
        <p role="status">
          {wanted.trim() === ''
            ? t('applications.count', { total: list.total, limit: list.max_applications })
            : t('applications.found', { found: rows.length, total: list.total })}
        </p>
      </div>
      <TableView
        aria-label={t('applications.title')}
        sortDescriptor={order}
        onSortChange={setOrder}
        onAction={(id) => void navigate(`/applications/${id}`)}
        overflowMode="wrap"
        density="spacious"
        UNSAFE_style={{ width: '100%' }}
      >
        <TableHeader columns={columns.map((id) => ({ id }))} dependencies={[intl.locale]}>
          {({ id }) => {
            const { label, ...widths } = columnProps[id];
            return (
              <Column isRowHeader={id === 'name'} align={id === 'user_count' ? 'end' : 'start'} {...widths}>
                {t(label)}
              </Column>
            );
          }}
        </TableHeader>
        <TableBody
          items={rows}
          dependencies={[columns, intl.locale]}
          renderEmptyState={() => <p className={styles['nothing']}>{t('applications.nothing_found')}</p>}
        >
          {(application) => (
            <Row
              id={application.id}
              columns={columns.map((id) => ({ id }))}
              textValue={application.name}
              dependencies={[application, columns, intl.locale]}
            >
              {({ id }) => (
                <Cell
                  align={id === 'user_count' ? 'end' : 'start'}
                  textValue={id === 'client_id' ? application.client_id : application.name}
                >
                  <CellContent application={application} column={id} withType={withType} />
                </Cell>
              )}
            </Row>
          )}
        </TableBody>
      </TableView>
    </div>
  );
}

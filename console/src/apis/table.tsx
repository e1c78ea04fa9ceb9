import { Badge } from '@react-spectrum/s2/Badge';
import { Cell, Column, Row, TableBody, TableHeader, TableView } from '@react-spectrum/s2/TableView';
import { useIntl } from 'react-intl';
import { useNavigate } from 'react-router';
import type { Api } from '../api/types.ts';
import { formatDuration } from '../intl/duration.ts';
import { useText } from '../intl/text.ts';
import { useNarrow } from '../ui/narrow.ts';
import styles from './apis.module.css';

/** The APIs, to open. */
export function ApiTable({ apis }: { apis: readonly Api[] }) {
  const t = useText();
  const intl = useIntl();
  const navigate = useNavigate();
  const isNarrow = useNarrow();
  return (
    <TableView
      aria-label={t('apis.title')}
      onAction={(id) => void navigate(`/apis/${id}`)}
      overflowMode="wrap"
      density="spacious"
      UNSAFE_style={{ width: '100%' }}
    >
      <TableHeader>
        <Column id="name" isRowHeader minWidth={200} defaultWidth="3fr">
          {t('apis.name')}
        </Column>
        <Column id="scopes" minWidth={90} defaultWidth="1fr">
          {t('connect.scopes')}
        </Column>
        {!isNarrow && (
          <Column id="lifetime" minWidth={210} defaultWidth="1fr">
            {t('apis.lifetime')}
          </Column>
        )}
        {!isNarrow && (
          <Column id="tokens" minWidth={120} defaultWidth="1fr">
            {t('apis.tokens')}
          </Column>
        )}
      </TableHeader>
      <TableBody items={apis} dependencies={[isNarrow, intl.locale]}>
        {(api) => (
          <Row id={api.id} textValue={api.name}>
            <Cell textValue={api.name}>
              <span className={styles['what']}>
                <strong>
                  {api.name}
                  {api.is_default && (
                    <Badge variant="informative" fillStyle="subtle" size="S">
                      {t('apis.is_default')}
                    </Badge>
                  )}
                </strong>
                <code className={styles['muted']}>{api.identifier}</code>
              </span>
            </Cell>
            <Cell>{intl.formatNumber(api.scopes.length)}</Cell>
            {!isNarrow && (
              <Cell>
                {api.access_token_lifetime === null
                  ? t('apis.lifetime_of_application')
                  : formatDuration(intl, api.access_token_lifetime)}
              </Cell>
            )}
            {!isNarrow && (
              <Cell>
                {api.signing_alg}, {api.token_typ}
              </Cell>
            )}
          </Row>
        )}
      </TableBody>
    </TableView>
  );
}

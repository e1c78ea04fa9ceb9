import type { Application } from '../api/types.ts';
import styles from './app-logo.module.css';
import { Monogram } from './monogram.tsx';

/** An application's logo, or a tile with its letters. Decoration: its name stands beside it. */
export function AppLogo(props: {
  application: Pick<Application, 'name' | 'logo_uri'>;
  size?: 'medium' | 'large';
}) {
  const { application, size = 'medium' } = props;
  if (!application.logo_uri) return <Monogram name={application.name} size={size} />;
  return <img src={pathOf(application.logo_uri)} alt="" className={`${styles['logo']} ${styles[size]}`} />;
}

/** Logos are asked for at the origin that the console itself came from. */
function pathOf(uri: string): string {
  const url = new URL(uri, location.origin);
  return url.pathname + url.search;
}

import { Link } from 'react-router';
import mark from '../../../server/pages/assets/mark.svg';
import { useInstance } from '../api/instance.ts';
import styles from './shell.module.css';

/** The mark and whose Postern this is; leads to the first screen. */
export function Brand() {
  const { data: instance } = useInstance();
  return (
    <Link to="/applications" className={styles['brand'] ?? ''}>
      <img src={mark} alt="" width="28" height="28" />
      <span>{instance?.name ?? 'Postern'}</span>
    </Link>
  );
}

import { ActionButton } from '@react-spectrum/s2/ActionButton';
import DownloadIcon from '@react-spectrum/s2/icons/Download';
import { Text } from '@react-spectrum/s2/Tabs';
import type { ReactNode } from 'react';
import { useText } from '../../intl/text.ts';
import { CodeBlock } from '../../ui/code-block.tsx';
import { useDownload } from '../credentials/download.ts';
import styles from './connect.module.css';

/** A file of a program, to read, copy and download. */
export function ProgramFile(props: {
  title: string;
  /** With the folders where it belongs. */
  fileName: string;
  text: string;
  children?: ReactNode;
}) {
  const t = useText();
  const download = useDownload();
  const { title, fileName, text, children } = props;
  const bareName = fileName.replace(/^.*\//, '');
  return (
    <li className={styles['step']}>
      <div className={styles['step-header']}>
        <h3>{title}</h3>
        <ActionButton
          isQuiet
          size="S"
          aria-label={t('connect.download', { file: bareName })}
          onPress={() => download(bareName, text)}
        >
          <DownloadIcon />
          <Text>{bareName}</Text>
        </ActionButton>
      </div>
      {children}
      <CodeBlock text={text} what={title} />
    </li>
  );
}

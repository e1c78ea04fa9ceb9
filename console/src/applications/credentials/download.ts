import { useEffect, useRef } from 'react';

/** Offers a text as a file. What was offered is let go with the component that offered it. */
export function useDownload(): (name: string, text: string) => void {
  const offered = useRef<string[]>([]);
  useEffect(
    () => () => {
      for (const url of offered.current) URL.revokeObjectURL(url);
      offered.current = [];
    },
    [],
  );
  return (name, text) => {
    const url = URL.createObjectURL(new Blob([text], { type: 'application/octet-stream' }));
    offered.current.push(url);
    Object.assign(document.createElement('a'), { href: url, download: name }).click();
  };
}

/** An application's name as a file's beginning, in letters of every system: browsers drop a name that theirs cannot write. */
export function fileNameOf(applicationName: string): string {
  const bare = applicationName
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '');
  return bare.slice(0, 60) || 'application';
}

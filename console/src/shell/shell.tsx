import { Suspense, useEffect, useRef } from 'react';
import { Outlet, ScrollRestoration, useLocation, useNavigation } from 'react-router';
import { useText } from '../intl/text.ts';
import { Loading } from '../ui/loading.tsx';
import { AccountMenu } from './account-menu.tsx';
import { Brand } from './brand.tsx';
import { MainMenu } from './main-menu.tsx';
import { Navigation } from './navigation.tsx';
import { Reauthentication } from './reauthentication.tsx';
import styles from './shell.module.css';

/** The frame of every screen: main menu, navigation, account menu. */
export function Shell() {
  const t = useText();
  const main = useRef<HTMLElement>(null);
  useFocusOnNewScreen(main);
  const { state } = useNavigation();
  return (
    <div className={styles['shell']}>
      <a className={styles['skip']} href="#main">
        {t('shell.skip')}
      </a>
      <header className={styles['header']}>
        <MainMenu />
        <Brand />
        <AccountMenu />
      </header>
      <Navigation />
      <main id="main" ref={main} tabIndex={-1} className={styles['main']} aria-busy={state === 'loading'}>
        <Suspense fallback={<Loading />}>
          <Outlet />
        </Suspense>
      </main>
      <Reauthentication />
      <ScrollRestoration />
    </div>
  );
}

/** Screen readers and keyboards begin at the top of a new screen, as after a page load; a tab's change is none. */
function useFocusOnNewScreen(main: React.RefObject<HTMLElement | null>) {
  const { pathname } = useLocation();
  const screen = pathname.split('/').slice(0, 3).join('/');
  const before = useRef(screen);
  useEffect(() => {
    if (before.current !== screen) main.current?.focus({ preventScroll: true });
    before.current = screen;
  }, [screen, main]);
}

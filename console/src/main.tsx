import '@react-spectrum/s2/page.css';
import './ui/base.css';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { applyTheme } from './shell/theme.ts';

applyTheme();
createRoot(document.getElementById('root') as HTMLElement).render(<App />);

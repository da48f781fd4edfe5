// Runs before the first paint: applies the stored theme, or else that of the system.
const storedTheme = localStorage.getItem("smastn-theme");
if (storedTheme) document.documentElement.dataset.theme = storedTheme;

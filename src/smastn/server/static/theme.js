// Before anything is painted: the look that was chosen, else that of the system.
const chosenTheme = localStorage.getItem("smastn-theme");
if (chosenTheme) document.documentElement.dataset.theme = chosenTheme;

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

class QLocale;

namespace borg::ui {

/// Makes the fonts of resources/fonts known and Inter the application's font, before the first
/// window. Scripts that Inter lacks come from the system's fonts.
void installFonts();

/// Makes the application speak the first of `locale`'s languages that we have, else English, whose
/// plurals are a translation too. Before the first text.
void installLanguage(const QLocale &locale);

} // namespace borg::ui

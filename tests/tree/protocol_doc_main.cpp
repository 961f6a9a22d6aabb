// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocol_doc.h"

#include <cstdio>

/// Prints docs/protocol.md.
int main()
{
    std::fputs(borg::tree::doc::protocol().constData(), stdout);
}

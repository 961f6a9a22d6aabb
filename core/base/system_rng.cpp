// SPDX-License-Identifier: GPL-3.0-or-later
#include "system_rng.h"

#include "assert.h"

#include <cerrno>
#include <sys/random.h>

namespace borg {

quint32 SystemRng::bits()
{
    if (m_used == m_words.size()) {
        std::size_t got = 0;
        while (got < sizeof m_words) {
            const auto more = getrandom(
                reinterpret_cast<char *>(m_words.data()) + got, sizeof m_words - got, 0);
            BORG_ASSERT(more > 0 || errno == EINTR); // it waits for entropy, it never fails
            if (more > 0)
                got += static_cast<std::size_t>(more);
        }
        m_used = 0;
    }
    return std::exchange(m_words[m_used++], 0); // what was handed out is not kept
}

} // namespace borg

// SPDX-License-Identifier: GPL-3.0-or-later
#include "port_map.h"

#include <arpa/inet.h>
#include <poll.h>

#define ENABLE_STRNATPMPERR
#include <natpmp.h>

namespace borg::reach {

using namespace Qt::Literals::StringLiterals;

namespace {

using SteadyClock = std::chrono::steady_clock; // the deadline of a call that blocks a thread

class NatPmpRouter final : public Router {
public:
    [[nodiscard]] QString name() const override { return u"nat-pmp"_s; }

    Result<Mapping> map(quint16 localPort, quint16 externalPort, Ticks lease, Ticks within) override
    {
        Session session(within);
        if (session.problem)
            return *session.problem;
        const auto address = session.ask([](natpmp_t *p) { return sendpublicaddressrequest(p); });
        if (!address)
            return address.error();
        const auto seconds
            = static_cast<quint32>(std::chrono::duration_cast<std::chrono::seconds>(lease).count());
        const auto opened = session.ask([&](natpmp_t *p) {
            return sendnewportmappingrequest(
                p, NATPMP_PROTOCOL_TCP, localPort, externalPort, seconds);
        });
        if (!opened)
            return opened.error();
        char external[INET_ADDRSTRLEN] = "";
        ::inet_ntop(AF_INET, &address->pnu.publicaddress.addr, external, sizeof external);
        const auto &mapping = opened->pnu.newportmapping;
        return Mapping{name(), {QString::fromLatin1(external), mapping.mappedpublicport}, {},
            localPort, std::chrono::seconds(mapping.lifetime)};
    }

    Result<Done> unmap(const Mapping &mapping, Ticks within) override
    {
        Session session(within);
        if (session.problem)
            return *session.problem;
        const auto closed = session.ask([&](natpmp_t *p) {
            return sendnewportmappingrequest(p, NATPMP_PROTOCOL_TCP, mapping.localPort, 0, 0);
        });
        if (!closed)
            return closed.error();
        return Done{};
    }

private:
    /// A socket to the default gateway.
    struct Session {
        explicit Session(Ticks within)
            : until(SteadyClock::now() + within)
        {
            if (const int code = initnatpmp(&handle, 0, 0); code != 0)
                problem = errorOf(code);
        }
        ~Session()
        {
            if (!problem)
                closenatpmp(&handle);
        }
        Q_DISABLE_COPY_MOVE(Session)

        /// Sends, and waits with the repeats of RFC 6886, 3.1, as long as the deadline allows.
        template <typename SendRequest>
        Result<natpmpresp_t> ask(SendRequest &&sendRequest)
        {
            if (const int sent = sendRequest(&handle); sent < 0)
                return errorOf(sent);
            while (true) {
                timeval wait{};
                getnatpmprequesttimeout(&handle, &wait);
                const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
                    until - SteadyClock::now())
                                      .count();
                if (left <= 0)
                    return Error{Errc::NotFound, u"The gateway does not answer to NAT-PMP."_s};
                pollfd poll{handle.s, POLLIN, 0};
                const qint64 ms = std::clamp<qint64>(
                    qint64{wait.tv_sec} * 1000 + wait.tv_usec / 1000 + 1, 1, left);
                ::poll(&poll, 1, static_cast<int>(ms));
                natpmpresp_t answer{};
                const int code = readnatpmpresponseorretry(&handle, &answer);
                if (code == 0)
                    return answer;
                if (code != NATPMP_TRYAGAIN)
                    return errorOf(code);
            }
        }

        static Error errorOf(int code)
        {
            const QString words = QString::fromUtf8(strnatpmperr(code));
            switch (code) {
            case NATPMP_ERR_CANNOTGETGATEWAY:
                return {Errc::NotFound, u"This computer has no gateway to ask for a port."_s};
            case NATPMP_ERR_NOGATEWAYSUPPORT:
            case NATPMP_ERR_RECVFROM: // its port is closed
                return {Errc::NotFound, u"The gateway does not answer to NAT-PMP."_s};
            case NATPMP_ERR_NOTAUTHORIZED:
            case NATPMP_ERR_OUTOFRESOURCES:
            case NATPMP_ERR_NETWORKFAILURE:
                return {Errc::Unauthorized,
                    u"The router refuses to open a port: %1 (%2)"_s.arg(words).arg(code)};
            default:
                return {Errc::Unreachable,
                    u"Talking NAT-PMP to the router failed: %1 (%2)"_s.arg(words).arg(code)};
            }
        }

        natpmp_t handle{};
        const SteadyClock::time_point until;
        std::optional<Error> problem;
    };
};

} // namespace

std::shared_ptr<Router> natPmpRouter()
{
    return std::make_shared<NatPmpRouter>();
}

} // namespace borg::reach

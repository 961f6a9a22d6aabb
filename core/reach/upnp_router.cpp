// SPDX-License-Identifier: GPL-3.0-or-later
#include "port_map.h"

#include <algorithm>
#include <array>
#include <miniupnpc/miniupnpc.h>
#include <miniupnpc/upnpcommands.h>
#include <miniupnpc/upnperrors.h>

namespace borg::reach {

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr int kDiscoverMsMax = 2000;
constexpr unsigned char kTtl = 2; // of the search, as UPnP Device Architecture 1.1 wants it
constexpr int kOnlyPermanent = 725; // error codes of WANIPConnection
constexpr int kConflict = 718;
constexpr int kPortTries = 4;
constexpr const char *kWhat = "BorgIOS";

/// What libminiupnpc allocates while it talks to one router.
struct Gateway {
    Gateway() = default;
    ~Gateway()
    {
        if (isOpen)
            FreeUPNPUrls(&urls);
    }
    Q_DISABLE_COPY_MOVE(Gateway)

    [[nodiscard]] const char *url() const { return urls.controlURL; }
    [[nodiscard]] const char *service() const { return data.first.servicetype; }

    UPNPUrls urls{};
    IGDdatas data{};
    std::array<char, 64> lanAddress{};
    std::array<char, 64> wanAddress{};
    bool isOpen = false;
};

Error refused(const QString &what, int code)
{
    const char *text = strupnperror(code);
    const QString words = text ? QString::fromUtf8(text) : u"unknown error"_s;
    const Errc errc = code > 0 ? Errc::Unauthorized : Errc::Unreachable;
    return {errc, u"%1: %2 (%3)"_s.arg(what, words).arg(code)};
}

class UpnpRouter final : public Router {
public:
    [[nodiscard]] QString name() const override { return u"upnp"_s; }

    Result<Mapping> map(quint16 localPort, quint16 externalPort, Ticks lease, Ticks within) override
    {
        Gateway gateway;
        if (auto opened = open(gateway, within); !opened)
            return opened.error();
        const QByteArray inner = QByteArray::number(localPort);
        const QByteArray seconds = QByteArray::number(
            qint64{std::chrono::duration_cast<std::chrono::seconds>(lease).count()});
        Ticks granted = lease;
        int code = 0;
        int port = externalPort;
        for (int attempt = 0; attempt < kPortTries; ++attempt) {
            code = add(gateway, port, inner, seconds);
            if (code == kOnlyPermanent) {
                code = add(gateway, port, inner, "0");
                granted = Ticks{0};
            }
            if (code != kConflict)
                break;
            // Another computer of the LAN has it: nobody cares which one we get.
            port = 1024 + (port * 7 + 331) % (65'536 - 1024);
        }
        if (code != UPNPCOMMAND_SUCCESS)
            return refused(u"The router refuses to open port %1"_s.arg(externalPort), code);
        std::array<char, 64> external{};
        code = UPNP_GetExternalIPAddress(gateway.url(), gateway.service(), external.data());
        if (code != UPNPCOMMAND_SUCCESS || external[0] == '\0')
            return refused(u"The router does not tell its own address"_s, code);
        return Mapping{name(), {QString::fromLatin1(external.data()), static_cast<quint16>(port)},
            QString::fromLatin1(gateway.lanAddress.data()), localPort, granted};
    }

    Result<Done> unmap(const Mapping &mapping, Ticks within) override
    {
        Gateway gateway;
        if (auto opened = open(gateway, within); !opened)
            return opened.error();
        const QByteArray port = QByteArray::number(mapping.external.port);
        const int code = UPNP_DeletePortMapping(
            gateway.url(), gateway.service(), port.constData(), "TCP", nullptr);
        if (code != UPNPCOMMAND_SUCCESS)
            return refused(u"The router does not close the port"_s, code);
        return Done{};
    }

private:
    static int add(
        const Gateway &gateway, int port, const QByteArray &inner, const QByteArray &seconds)
    {
        return UPNP_AddPortMapping(gateway.url(), gateway.service(),
            QByteArray::number(port).constData(), inner.constData(), gateway.lanAddress.data(),
            kWhat, "TCP", nullptr, seconds.constData());
    }

    /// Through the address of the last time, or by a search in the LAN.
    Result<Done> open(Gateway &gateway, Ticks within)
    {
        if (!m_description.isEmpty()
            && UPNP_GetIGDFromUrl(m_description.constData(), &gateway.urls, &gateway.data,
                   gateway.lanAddress.data(), int{std::ssize(gateway.lanAddress)})
                != 0) {
            gateway.isOpen = true;
            return Done{};
        }
        m_description.clear();
        int error = 0;
        const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(within).count();
        UPNPDev *found = upnpDiscover(static_cast<int>(std::min<qint64>(ms, kDiscoverMsMax)),
            nullptr, nullptr, UPNP_LOCAL_PORT_ANY, 0, kTtl, &error);
        if (!found)
            return Error{Errc::NotFound, u"No router in this network answers to UPnP."_s};
#if MINIUPNPC_API_VERSION >= 18
        const int kind = UPNP_GetValidIGD(found, &gateway.urls, &gateway.data,
            gateway.lanAddress.data(), int{std::ssize(gateway.lanAddress)},
            gateway.wanAddress.data(), int{std::ssize(gateway.wanAddress)});
#else
        const int kind = UPNP_GetValidIGD(found, &gateway.urls, &gateway.data,
            gateway.lanAddress.data(), int{std::ssize(gateway.lanAddress)});
#endif
        freeUPNPDevlist(found);
        gateway.isOpen = kind != 0;
        if (kind == 3)
            return Error{Errc::Unreachable, u"The router says that it is not connected."_s};
        if (kind != 1 && kind != 2) // 2: connected, with an address that only a carrier routes
            return Error{Errc::NotFound,
                u"A device answers to UPnP, but it is no router that opens ports."_s};
        m_description = QByteArray(gateway.urls.rootdescURL);
        return Done{};
    }

    QByteArray m_description; ///< URL of the router's description.
};

} // namespace

std::shared_ptr<Router> upnpRouter()
{
    return std::make_shared<UpnpRouter>();
}

} // namespace borg::reach

// SPDX-License-Identifier: GPL-3.0-or-later
#include "local_file.h"

namespace borg::node {

namespace {

Error ofLocalFile(Error error)
{
    if (error.code == Errc::Unauthorized || error.code == Errc::Malformed)
        error.code = Errc::Storage;
    return error;
}

class LocalSource final : public store::Source {
public:
    explicit LocalSource(std::shared_ptr<store::Source> inner)
        : m_inner(std::move(inner))
    {
    }
    Result<Done> open() override
    {
        if (auto opened = m_inner->open(); !opened)
            return ofLocalFile(opened.error());
        return Done{};
    }
    [[nodiscard]] qint64 sizeBytes() const override { return m_inner->sizeBytes(); }
    Result<QByteArray> read(qsizetype sizeBytes) override
    {
        auto bytes = m_inner->read(sizeBytes);
        if (bytes || bytes.error().code != Errc::Conflict)
            return bytes;
        return Error{Errc::Storage, bytes.error().detail}; // it changed; no name is taken
    }
    [[nodiscard]] QString fingerprint() const override { return m_inner->fingerprint(); }
    [[nodiscard]] qint64 modifiedUtcMs() const override { return m_inner->modifiedUtcMs(); }

private:
    const std::shared_ptr<store::Source> m_inner;
};

class LocalSink final : public store::Sink {
public:
    explicit LocalSink(std::shared_ptr<store::Sink> inner)
        : m_inner(std::move(inner))
    {
    }
    Result<Done> open() override
    {
        auto opened = m_inner->open();
        if (opened)
            return opened;
        Error error = ofLocalFile(opened.error());
        if (error.code == Errc::NotFound)
            error.code = Errc::Storage; // the folder; NotFound is the file in the network
        return error;
    }
    Result<Done> write(QByteArrayView bytes) override { return m_inner->write(bytes); }
    Result<Done> commit() override { return m_inner->commit(); }
    void discard() override { m_inner->discard(); }

private:
    const std::shared_ptr<store::Sink> m_inner;
};

} // namespace

std::shared_ptr<store::Source> localSource(const QString &path)
{
    return std::make_shared<LocalSource>(store::fileSource(path));
}

std::shared_ptr<store::Sink> localSink(const QString &path, store::Overwrite overwrite)
{
    return std::make_shared<LocalSink>(store::fileSink(path, overwrite));
}

} // namespace borg::node

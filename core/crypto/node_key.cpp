// SPDX-License-Identifier: GPL-3.0-or-later
#include "node_key.h"

#include "certificate.h"

#include <QFile>

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

namespace borg::crypto {

using namespace Qt::Literals::StringLiterals;

namespace {

/// Bytes of a secret on their way from or to a file: fixed memory that is wiped.
struct SecretText {
    std::array<char, NodeKey::kFileBytesMax> bytes{};
    std::size_t size = 0;

    SecretText() = default;
    ~SecretText() { sodium_memzero(bytes.data(), bytes.size()); }
    Q_DISABLE_COPY_MOVE(SecretText)
};

class Descriptor {
public:
    explicit Descriptor(int fd)
        : m_fd(fd)
    {
    }
    ~Descriptor()
    {
        if (m_fd >= 0)
            ::close(m_fd);
    }
    Q_DISABLE_COPY_MOVE(Descriptor)
    [[nodiscard]] int fd() const { return m_fd; }
    [[nodiscard]] bool isOpen() const { return m_fd >= 0; }

private:
    const int m_fd;
};

bool sodiumIsReady()
{
    static const bool isReady = sodium_init() >= 0;
    return isReady;
}

Error storageError(const QString &path)
{
    return {Errc::Storage, u"key file %1: %2"_s.arg(path, QString::fromLocal8Bit(strerror(errno)))};
}

/// @return Done when only our own user can have read or written the file.
Result<Done> checkOwner(int fd, const QString &path)
{
    struct stat about{};
    if (fstat(fd, &about) != 0)
        return storageError(path);
    if (!S_ISREG(about.st_mode))
        return Error{Errc::Malformed, u"key file %1 is not a regular file"_s.arg(path)};
    if (about.st_uid != geteuid())
        return Error{Errc::Unauthorized, u"key file %1 belongs to another user"_s.arg(path)};
    if ((about.st_mode & (S_IRWXG | S_IRWXO)) != 0)
        return Error{Errc::Unauthorized,
            u"key file %1 may be read by other users (mode %2); if nobody did, run: chmod 600 %1"_s
                .arg(path, QString::number(about.st_mode & 07777, 8))};
    if (about.st_size > NodeKey::kFileBytesMax)
        return Error{Errc::Malformed, u"key file %1 is too large"_s.arg(path)};
    return Done{};
}

Result<Done> readAll(int fd, SecretText &text, const QString &path)
{
    while (text.size < text.bytes.size()) {
        const auto got = ::read(fd, &text.bytes[text.size], text.bytes.size() - text.size);
        if (got == 0)
            return Done{};
        if (got < 0 && errno != EINTR)
            return storageError(path);
        text.size += static_cast<std::size_t>(std::max<ssize_t>(got, 0));
    }
    return Done{};
}

bool writeAll(int fd, const SecretText &text)
{
    for (std::size_t at = 0; at < text.size;) {
        const auto put = ::write(fd, &text.bytes[at], text.size - at);
        if (put < 0 && errno != EINTR)
            return false;
        at += static_cast<std::size_t>(std::max<ssize_t>(put, 0));
    }
    return true;
}

/// @return false when there is a file of that name, or something failed (errno).
bool renameToNew(const QByteArray &from, const QByteArray &to)
{
    if (renameat2(AT_FDCWD, from.constData(), AT_FDCWD, to.constData(), RENAME_NOREPLACE) == 0)
        return true;
    if (errno != EINVAL && errno != ENOSYS)
        return false;
    return link(from.constData(), to.constData()) == 0; // file systems without that flag
}

struct FreeBio {
    void operator()(BIO *bio) const { BIO_free(bio); } // also wipes what it held
};
using Bio = std::unique_ptr<BIO, FreeBio>;

struct FreeKey {
    void operator()(EVP_PKEY *key) const { EVP_PKEY_free(key); }
};
using Key = std::unique_ptr<EVP_PKEY, FreeKey>;

/// OpenSSL's own would ask on the terminal.
int refusePassword(char *, int, int, void *)
{
    return -1;
}

bool toPem(const Key &key, SecretText &text)
{
    const Bio bio(BIO_new(BIO_s_mem()));
    if (!bio || !PEM_write_bio_PKCS8PrivateKey(bio.get(), key.get(), {}, {}, 0, {}, {}))
        return false;
    const int size = BIO_read(bio.get(), text.bytes.data(), static_cast<int>(text.bytes.size()));
    text.size = static_cast<std::size_t>(std::max(size, 0));
    return size > 0;
}

} // namespace

void NodeKey::Free::operator()(quint8 *secret) const
{
    sodium_free(secret);
}

Result<NodeKey> NodeKey::generate()
{
    if (!sodiumIsReady())
        return Error{Errc::Storage, u"libsodium does not start"_s};
    std::array<quint8, kSeedBytes> seed;
    randombytes_buf(seed.data(), seed.size());
    auto key = fromSeed(seed.data());
    sodium_memzero(seed.data(), seed.size());
    return key;
}

Result<NodeKey> NodeKey::fromSeed(const SecretKey &seed)
{
    return fromSeed(seed.bytes().data());
}

Result<NodeKey> NodeKey::fromSeed(const quint8 *seed)
{
    static_assert(kSeedBytes == crypto_sign_SEEDBYTES);
    if (!sodiumIsReady())
        return Error{Errc::Storage, u"libsodium does not start"_s};
    NodeKey key;
    key.m_secret.reset(static_cast<quint8 *>(sodium_malloc(crypto_sign_SECRETKEYBYTES)));
    if (!key.m_secret)
        return Error{Errc::Storage, u"no memory for a key"_s};
    crypto_sign_seed_keypair(key.m_publicKey.bytes.data(), key.m_secret.get(), seed);
    sodium_mprotect_readonly(key.m_secret.get());
    return key;
}

Result<NodeKey> NodeKey::fromPem(QByteArrayView pem)
{
    const Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
    const Key parsed(PEM_read_bio_PrivateKey(bio.get(), {}, refusePassword, {}));
    std::array<quint8, kSeedBytes> seed;
    std::size_t size = seed.size();
    if (!parsed || EVP_PKEY_get_id(parsed.get()) != EVP_PKEY_ED25519
        || EVP_PKEY_get_raw_private_key(parsed.get(), seed.data(), &size) != 1
        || size != seed.size())
        return Error{Errc::Malformed, u"not an unencrypted Ed25519 key (PKCS#8, PEM)"_s};
    auto key = fromSeed(seed.data());
    sodium_memzero(seed.data(), seed.size());
    return key;
}

Result<NodeKey> NodeKey::load(const QString &path)
{
    // Non-blocking, so that a pipe of that name cannot hold us up; it is refused just below.
    const QByteArray name = QFile::encodeName(path);
    const Descriptor file(::open(name.constData(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (!file.isOpen() && errno == ENOENT)
        return Error{Errc::NotFound, u"no key file %1"_s.arg(path)};
    if (!file.isOpen())
        return storageError(path);
    if (const auto owned = checkOwner(file.fd(), path); !owned)
        return owned.error();

    SecretText text;
    if (const auto read = readAll(file.fd(), text, path); !read)
        return read.error();
    auto key = fromPem({text.bytes.data(), static_cast<qsizetype>(text.size)});
    if (!key && key.error().code == Errc::Malformed)
        return Error{Errc::Malformed, u"key file %1: %2"_s.arg(path, key.error().detail)};
    return key;
}

Result<NodeKey> NodeKey::loadOrCreate(const QString &path)
{
    auto key = load(path);
    if (key || key.error().code != Errc::NotFound)
        return key;
    key = generate();
    if (!key)
        return key;
    if (const auto saved = key->save(path); !saved)
        return saved.error();
    return key;
}

Result<Done> NodeKey::save(const QString &path) const
{
    SecretText text;
    if (!toPem(Key(openSslKey()), text))
        return Error{Errc::Storage, u"the key cannot be written as PEM"_s};

    const QByteArray name = QFile::encodeName(path);
    const QByteArray temporary = name + ".tmp" + QByteArray::number(getpid());
    ::unlink(temporary.constData()); // of a process of the same number that died here
    const Descriptor file(
        ::open(temporary.constData(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!file.isOpen())
        return storageError(path);
    const bool isWritten = writeAll(file.fd(), text) && fsync(file.fd()) == 0;
    const bool isNamed = isWritten && renameToNew(temporary, name);
    const int why = errno;
    ::unlink(temporary.constData()); // fails when it was renamed
    errno = why;
    if (!isNamed && errno == EEXIST)
        return Error{Errc::Conflict, u"key file %1 exists already"_s.arg(path)};
    if (!isNamed)
        return storageError(path);

    const qsizetype slash = name.lastIndexOf('/');
    const QByteArray folder = slash < 0 ? "."_ba : slash == 0 ? "/"_ba : name.left(slash);
    const Descriptor directory(::open(folder.constData(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!directory.isOpen() || fsync(directory.fd()) != 0)
        return storageError(path);
    return Done{};
}

NodeId NodeKey::id() const
{
    return nodeIdOf(m_publicKey);
}

QByteArray NodeKey::sign(QByteArrayView bytes) const
{
    static_assert(kSignatureBytes == crypto_sign_BYTES);
    QByteArray signature(kSignatureBytes, Qt::Uninitialized);
    crypto_sign_detached(reinterpret_cast<quint8 *>(signature.data()), nullptr,
        reinterpret_cast<const quint8 *>(bytes.data()), static_cast<std::size_t>(bytes.size()),
        m_secret.get());
    return signature;
}

evp_pkey_st *NodeKey::openSslKey() const
{
    EVP_PKEY *key = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, {}, m_secret.get(), kSeedBytes);
    BORG_ASSERT(key); // 32 bytes are always a key; only memory can be missing
    return key;
}

} // namespace borg::crypto

// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocol_doc.h"

#include <base/assert.h>

#include <map>

namespace borg::tree::doc {

namespace {

constexpr auto kStart = R"(# The protocol between nodes

Printed from the catalogue in `core/tree/messages.h` by `borg_protocol_doc`; do not edit.

## Frames
Links are TLS 1.3 over TCP with mutual authentication, ALPN `peertree/1`; how frames are cut
into slices stands in `core/wire/frame_codec.h`. Each side shows one certificate. Once the key is
known, the accepting side says with one byte (1) that it agrees.
With ALPN `borgseen/1` the accepting side sends one frame, `{"host":…,"port":…,"t":"seen"}`: where
the connection seems to come from, and hangs up.
A frame has a class (0 control, 1 interactive, 2 normal, 3 bulk), a head of JSON (at most 64
KiB) and a raw body (at most 1 MiB).

## Signed messages
What is for everybody, or for one node (`dst` is its id then), is signed by its source and
travels as it was signed:

    {"att":[{"h":hash,"m":"application/octet-stream","n":bytes}],"b":body,"dst":"*","net":network,
     "p":class,
     "seq":number,"src":node id,"t":type,"ts":microseconds of UTC,"ttl":milliseconds,"v":1}

`att` is there when the frame's body holds an attachment; `h` is its SHA-256. `re` and `x` may
be added and pass untouched.
The bytes are canonical: RFC 8785 restricted to keys of printable ASCII, valid strings, true,
false, null and whole numbers below 2^53.
The id of a message is the first 16 bytes of the SHA-256 of these bytes. Limits: 60 KiB,
attachment 512 KiB, ttl 600 s, type 64 characters.

The head of a frame with one message, byte by byte; `k` is the source's raw public key (SHA-256
of its SPKI must be `src`), `s` the
Ed25519 signature over `borg-msg1` and the signed bytes, `h` the links it came over (written by
the hops, not signed):

    {"r":{"h":1,"k":"…","s":"…"},"m":<signed bytes>}

Up to 64 messages share a signature over `borg-batch1`, the root of the hash tree over the
SHA-256 of each, and their number (1 byte).
They lie in the frame's body, each followed by its attachment; `l` lists the sizes of both:

    {"r":{"h":1,"k":"…","l":[[message bytes,attachment bytes],…],"s":"…"}}

One of them alone, for a node that pulls it, brings its number `i` of `n` and the siblings on
its way to the root, the lowest first:

    {"r":{"h":1,"i":5,"n":64,"w":["…",…],"k":"…","s":"…"},"m":<signed bytes>}

In the hash tree a node is the SHA-256 of the byte 1 and its two children; a last one without a
sibling moves up as it is.

## Big objects for everybody
An object of 1 byte to 256 MiB is cut into chunks of 64 KiB, the last one filled up with zeros. 12
chunks and 4 of parity are a group (Reed-Solomon over GF(2^8), polynomial 0x11d; row r, column c of
the parity matrix is 1 / (r ^ c), r from 12 on); the last group is filled up with chunks of zeros,
which everybody has and nobody sends. Chunk i is number i mod 16 of group i / 16 and belongs to
stripe i mod 4. A leaf of the hash tree is the SHA-256 of a chunk, all of them in order of i; nodes
as above. A list of chunks is their numbers, 2 bytes each, big-endian.

A node belongs to the stripe (mix(first 8 bytes of its id xor first 8 bytes of the object's)) mod 4,
where mix is the finalizer of splitmix64 without its first addition: it asks for these chunks first,
and others ask it for them. A group of which 12 chunks came is rebuilt and checked as a whole; one
whose parity does not fit is a fraud of its source, and nobody keeps the object.

)";

const std::map<std::string_view, const char *> kAbout{
    {"dialMe", "\"Dial me over a fresh connection at the address you see me at.\""},
    {"dialedYou",
        "Answer to dialMe: the address seen, and reached, refused, timeout, other (another "
        "key answered) or busy."},
    {"hello", "The first word of both sides of a link."},
    {"state", "Heartbeat, answer to hello, and news of the sender's place."},
    {"beat",
        "Heartbeat of a sender whose place is as it said last. Body: its `at`, `echo` and `held`, "
        "as of a state; 8 bytes each."},
    {"contacts", "Answer to a hello that wants contacts."},
    {"attach", "You are my parent from now on. Body: the digest of what the sender has."},
    {"accept", "Answer to attach. Body: the digest of what the parent has."},
    {"redirect", "Not under me: answer to attach, or a parent's word to a child that must go."},
    {"detach", "I am not your child any more."},
    {"leaving", "I leave the network: the last word on a link."},
    {"use", "What the sender uses the link for, beside being parent or child."},
    {"ihave", "Body: up to 64 ids of messages that the sender has, 16 bytes each."},
    {"offer", "As ihave, over a tree link, of messages that come only to those who pull them."},
    {"graft", "Body: up to 64 ids of messages that the receiver shall send, once."},
    {"better", "A tree with a better root was met: passed up to the root, which attaches there."},
    {"memberList",
        "Body: the member records that the sender has: id (32 bytes), seq (8), each. It is sent "
        "what "
        "it lacks: everything; when either side is `quiet`, 16 near to its id and 8 others."},
    {"memberRecords", "Body: member records: online (1 byte), size (4), head with message."},
    {"walk",
        "\"Find me parents\": goes from link to link at random; each node adds some it knows."},
    {"walked", "What a walk found, on its way back."},
    {"probe", "\"How far are we apart?\" Answered by a state at once."},
    {"hold", "Send me no messages for now: my other links are behind. Ends by itself after 2.5 s."},
    {"compare",
        "To no neighbour: what have you that I have not? Body: a digest. The answer is an ihave."},
    {"counted", "To whom a tree.count came from: how many nodes on this side have the message."},
    {"timeAsk",
        "What time is it? Body: a number that names the question, and the asker's monotonic clock "
        "when it went out; 8 bytes each."},
    {"timeSay",
        "Answer to timeAsk. Body: that of the question, the date when it came (network time, "
        "microseconds of UTC), the sender's monotonic clock then and when the answer went out; "
        "8 bytes each. `skew` added to the date is what the sender knows by itself, within "
        "`bound` microseconds; `up` is for how many seconds it runs."},
    {"below",
        "From child to parent. Body: the filter of the ids of the sender and of all below it."},
    {"route",
        "A message to one node on its way. Body: size of the head (4 bytes), head, attachment."},
    {"stranded", "No way on from here: whoever sent the message tries another neighbour."},
    {"bulkHave",
        "What the sender has of a big object. Body: with `full` a bitmap of all chunks (chunk 0 is "
        "the highest bit of the first byte), else a list of those it got since. `load`: what it "
        "sent to others, in sixteenths of the object. The first full one of a neighbour is "
        "answered by a full one."},
    {"bulkWhat", "\"What object is that?\" Answered by bulkNotice."},
    {"bulkNotice", "Body: the head of a signed tree.bulk, as it was broadcast; at most 4 KiB."},
    {"bulkAsk", "Body: a list of chunks that the receiver shall send; at most 16 wait at a time."},
    {"bulkCancel", "Body: a list of chunks that were asked for and are not wanted any more."},
    {"bulkNo",
        "Body: a list of chunks that were asked for and do not come: ask somebody else. `back`: "
        "the sender takes back that it has them until it says so again; else it has no time for "
        "anything now. None at all and `back`: it dropped the object."},
    {"bulkChunk",
        "Body: the way from chunk `i` to the root, 32 bytes a sibling, the lowest first, and the "
        "64 KiB of the chunk. In frames of class 3."},
    {"tree.bulk",
        "Broadcast by whoever sends a big object to everybody. The id of the message is that of "
        "the object; it ends `ttl` seconds (at most 86,400) after the message's `ts`."},
    {"tree.bulkEnd", "Broadcast by the source of an object: forget it."},
    {"tree.ack", "From the destination of a message to its source: it arrived."},
    {"tree.ping", "Nothing but a message to be acknowledged."},
    {"tree.call",
        "To a node that cannot be dialled: dial me. From try 1 on: let us dial each other at once, "
        "each from a port of its own; `host` and `port` are where others see the sender's."},
    {"tree.meet",
        "Answer to a tree.call from try 1 on: I dial you now; here others see my port. Of two that "
        "connect at once, the lesser node id is the TLS client."},
    {"tree.find", "Where are you? For nodes that the sender does not know."},
    {"tree.found", "Answer to tree.find: where the sender accepts links."},
    {"tree.member",
        "Broadcast by every node from time to time; in a network of more than 1,000 nodes passed "
        "on "
        "among those near to it, and `quiet`."},
    {"tree.leave", "Broadcast by a node that stops."},
    {"tree.count", "Broadcast behind another message of the same source: say who has it."},
};

template <typename T>
constexpr const char *kTypeName = nullptr;
template <>
constexpr const char *kTypeName<QString> = "text";
template <>
constexpr const char *kTypeName<NodeId> = "node id";
template <>
constexpr const char *kTypeName<quint32> = "32-bit count";
template <>
constexpr const char *kTypeName<qint64> = "whole number";
template <>
constexpr const char *kTypeName<bool> = "true or false";
template <>
constexpr const char *kTypeName<QByteArray> = "base64url";
template <>
constexpr const char *kTypeName<Place> = "place";
template <>
constexpr const char *kTypeName<Contact> = "contact";

template <typename T>
struct Describe {
    static QByteArray type() { return kTypeName<T>; }
    static QByteArray limit(qsizetype most)
    {
        if constexpr (std::is_same_v<T, QString>)
            return QByteArray::number(most) + " characters";
        else if constexpr (std::is_same_v<T, QByteArray>)
            return QByteArray::number(most) + " bytes";
        else
            return {};
    }
};
template <typename T>
struct Describe<std::vector<T>> {
    static QByteArray type() { return "list of " + Describe<T>::type(); }
    static QByteArray limit(qsizetype most) { return QByteArray::number(most) + " items"; }
};
template <typename T>
struct Describe<std::optional<T>> {
    static QByteArray type() { return Describe<T>::type() + ", may be missing"; }
    static QByteArray limit(qsizetype most) { return Describe<T>::limit(most); }
};

template <typename R>
QByteArray table()
{
    if constexpr (std::tuple_size_v<decltype(R::fields())> == 0) {
        return "No fields.\n\n";
    } else {
        QByteArray text = "| field | type | at most |\n|---|---|---|\n";
        const auto line = [&text]<typename M, typename T>(const wire::Field<M, T> &field) {
            text += "| `" + QByteArray(field.key.data(), std::ssize(field.key)) + "` | "
                + Describe<T>::type() + " | " + Describe<T>::limit(field.limit) + " |\n";
        };
        std::apply([&](const auto &...field) { (line(field), ...); }, R::fields());
        return text + '\n';
    }
}

template <typename M>
QByteArray section()
{
    const auto about = kAbout.find(M::kName);
    BORG_ASSERT(about != kAbout.end()); // a message without a sentence
    return "### " + QByteArray(M::kName.data(), std::ssize(M::kName)) + '\n' + about->second
        + "\n\n" + table<M>();
}

template <typename... Ms>
QByteArray sections(std::type_identity<std::variant<Ms...>>)
{
    return (section<Ms>() + ...);
}

} // namespace

QByteArray protocol()
{
    return QByteArray(kStart)
        + "## Words between neighbours\nUnsigned: the link is authenticated. The head is the JSON "
          "of "
          "the fields and `t`, the name.\n\n"
        + sections(std::type_identity<Words::Any>{}) + "### Records inside them\n**place**\n\n"
        + table<Place>() + "**contact**\n\n" + table<Contact>()
        + "## Broadcasts of the tree itself\nThe fields are the body `b`, the name is `t`.\n\n"
        + sections(std::type_identity<Broadcasts::Any>{})
        + "## Messages of the tree itself to one node\nSigned as well; they travel inside `route`. "
          "A "
          "filter is a Bloom filter of 8192 bits: the bytes 8 to 23 of an id are 8 numbers "
          "(big-endian), modulo 8192 its positions. Position p is bit p mod 8 of byte p / 8. With "
          "up "
          "to 256 positions set it travels as their list, 2 bytes each, rising.\n\n"
        + sections(std::type_identity<Unicasts::Any>{}).chopped(1);
}

} // namespace borg::tree::doc

// SPDX-License-Identifier: Apache-2.0
#include "runner/peer/terminal/dm_session.hpp"

#include <utility>

namespace dmsc::peer {
namespace {

codec::SyncmlCoding other(codec::SyncmlCoding coding) {
  return coding == codec::SyncmlCoding::xml ? codec::SyncmlCoding::wbxml : codec::SyncmlCoding::xml;
}

}  // namespace

DmSession::DmSession(DmAccount& account, ManagementTree& tree, DmClient::Options options,
                     const HandsetPersonality& self, const Tamper& tamper, const Dial& dial)
    : self_(self),
      tamper_(tamper),
      id_(options.session_id),
      app_addr_(account.app_addr),
      url_(account.app_addr),
      client_(account.credentials, tree, std::move(options)),
      web_(self, tamper, dial) {}

void DmSession::end(State state, std::string trouble) {
  web_.close();
  state_ = state;
  trouble_ = std::move(trouble);
}

Result<void> DmSession::start(model::Moment now) {
  const auto address = parse_web_address(app_addr_);
  if (!address) return tl::make_unexpected(address.error());
  address_ = *address;
  if (!address_.secure) return fail(Errc::malformed, "\"" + app_addr_ + "\" is no https address");
  address_.secure = self_.habits.has(Habit::uses_https);
  if (!self_.habits.has(Habit::uses_path)) address_.path = "/";
  if (!self_.habits.has(Habit::uses_port)) address_.port = address_.port == 443 ? 4116 : 443;
  url_ = address_.url();
  post(client_.start(), now);
  return {};
}

void DmSession::post(const Value& message, model::Moment now) {
  Outgoing out{"dm.client_message", message, 1, 0};
  if (tamper_) tamper_(out);
  if (out.copies == 0) return end(State::failed, "the message never left");
  auto octets = codec::write_syncml(out.members, self_.coding);
  if (!octets) return end(State::failed, octets.error().text());
  const bool labels = self_.habits.has(Habit::labels_coding);
  const std::string type(codec::media_type(labels ? self_.coding : other(self_.coding)));
  HttpRequest request;
  request.method = "POST";
  request.target = address_.path;
  request.headers = {
      {"Content-Type", type}, {"Accept", type}, {"User-Agent", "dmsc reference"}, {"Cache-Control", "no-store"}};
  request.body =
      self_.coding == codec::SyncmlCoding::xml ? styled(self_.xml_style, std::move(*octets)) : std::move(*octets);
  if (!web_.keep_alive()) web_.open(address_, now);
  web_.request(std::move(request));
}

void DmSession::take(const HttpResponse& response, model::Moment now) {
  if (response.status != 200) return end(State::failed, "the server answered " + std::to_string(response.status));
  const auto coding = codec::coding_of(header_of(response.headers, "Content-Type"));
  if (!coding) return end(State::failed, "the media type of the answer is no SyncML");
  const auto message = codec::read_syncml(response.body, *coding);
  if (!message) return end(State::failed, message.error().text());
  // RespURI says where the next message goes; the server stays the one of the account.
  const auto next = parse_web_address(message->text_or("resp_uri", ""));
  if (next && self_.habits.has(Habit::follows_response_uri)) address_.path = next->path;
  const auto answer = client_.answer(*message);
  if (answer && client_.messages() <= most_messages) return post(*answer, now);
  switch (client_.outcome()) {
    case DmClient::Outcome::finished:
      return end(State::finished);
    case DmClient::Outcome::aborted:
      return end(State::aborted);
    case DmClient::Outcome::refused:
      return end(State::refused);
    case DmClient::Outcome::going_on:
      return end(State::failed, "the session does not end");
  }
}

void DmSession::abort() {
  if (over()) return;
  const bool begun = web_.state() == WebProgram::State::ready;
  begun ? client_.abort() : end(State::aborted);
}

bool DmSession::move(model::Moment now) {
  if (over()) return false;
  const bool moved = web_.move(now);
  if (const auto response = web_.take_response()) {
    take(*response, now);
    return true;
  }
  if (web_.state() != WebProgram::State::failed) return moved;
  end(State::failed, web_.trouble());
  return true;
}

}  // namespace dmsc::peer

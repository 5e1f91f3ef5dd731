// SPDX-License-Identifier: Apache-2.0
#include "runner/codec/dm/syncml.hpp"

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>

#include "runner/base/catch.hpp"
#include "runner/base/json.hpp"

using namespace dmsc;
using namespace dmsc::codec;

namespace {

const std::filesystem::path vectors = std::filesystem::path(DMSC_SOURCE_DIR) / "fixtures/vectors/syncml";

Octets octets_of(std::string_view text) {
  return {text.begin(), text.end()};
}

Octets hex(std::string_view text) {
  return parse_hex(text).value();
}

Octets load(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  CAPTURE(file.string());
  REQUIRE(in);
  return {std::istreambuf_iterator<char>(in), {}};
}

void save(const std::filesystem::path& file, ByteView octets) {
  std::ofstream out(file, std::ios::binary);
  out.write(reinterpret_cast<const char*>(octets.data()), static_cast<std::streamsize>(octets.size()));
}

Value json(std::string_view text) {
  return parse_json(text, "test").value();
}

std::string text_of(const Result<Value>& value) {
  return value ? write_json(*value) : value.error().text();
}

std::string text_of(const Result<Octets>& octets) {
  return octets ? std::string(octets->begin(), octets->end()) : octets.error().text();
}

std::string header_and(std::string_view body) {
  return "<SyncML><SyncHdr/><SyncBody>" + std::string(body) + "</SyncBody></SyncML>";
}

Result<Value> read_xml(std::string_view text, const SyncmlLimits& limits = {}) {
  return read_syncml(octets_of(text), SyncmlCoding::xml, limits);
}

Result<Value> read_wbxml(std::string_view text, const SyncmlLimits& limits = {}) {
  return read_syncml(hex(text), SyncmlCoding::wbxml, limits);
}

/// The one command in a body.
std::string command_of(std::string_view body) {
  const auto message = read_xml(header_and(body));
  if (!message) return message.error().text();
  REQUIRE(message->find("commands")->as_list().size() == 1);
  return write_json(message->find("commands")->as_list().front());
}

constexpr const char* packages[] = {"pkg1", "pkg2", "pkg3", "pkg4"};

/// Programs of others, which judge what we write. Where they are missing the test says so.
class Programs {
 public:
  Programs() { std::filesystem::create_directories(folder_); }
  Programs(const Programs&) = delete;
  Programs& operator=(const Programs&) = delete;
  ~Programs() {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }

  static bool installed(const std::string& program) {
    if (std::system(("command -v " + program + " >/dev/null 2>&1").c_str()) == 0) return true;
    FAIL(program + " is missing; libwbxml2-utils and libxml2-utils have it");
    return false;
  }

  /// Octets that `command IN`, with @IN and @OUT for the files, makes of `input`; nothing where it fails.
  std::optional<Octets> run(std::string command, ByteView input) const {
    save(folder_ / "in", input);
    std::filesystem::remove(folder_ / "out");
    save(folder_ / "out", {});
    for (const auto* name : {"in", "out"}) {
      const auto mark = "@" + std::string(name);
      command.replace(command.find(mark), mark.size(), "'" + (folder_ / name).string() + "'");
    }
    if (std::system((command + " >/dev/null 2>&1").c_str()) != 0) return {};
    return load(folder_ / "out");
  }

 private:
  std::filesystem::path folder_ =
      std::filesystem::temp_directory_path() / ("dmsc-syncml-" + std::to_string(::getpid()));
};

const auto message_with_everything = R"({"ver_dtd":"1.2","ver_proto":"DM/1.2","session_id":"FFFF","msg_id":"3",
  "target":"https://localhost/OMA/DM","target_name":"server","source":"urn:x","source_name":"","resp_uri":"https://r",
  "no_resp":true,"cred":{"format":"b64","type":"syncml:auth-basic","data":"QQ=="},"max_msg_size":4000,
  "max_obj_size":0,"commands":[
  {"command":"status","cmd_id":"1","msg_ref":"2","cmd_ref":"3","cmd":"Get","target_refs":["./a","./b"],
   "source_refs":["./c"],"cred":{"data":""},"chal":{"format":"b64","type":"t","next_nonce":"AAAAAA=="},"data":"401",
   "items":[{"data":"x"},{}]},
  {"command":"alert","cmd_id":"2","no_resp":true,"cred":{},"data":"1226","correlator":"k","items":[
   {"source":"./s","meta":{"format":"xml","type":"application/x","mark":"critical","size":3},"data":"<a b=\"c\"/>"}]},
  {"command":"get","cmd_id":"3","lang":"en","meta":{"emi":"e"},"items":[{"target":"./x?list=Struct"}]},
  {"command":"add","cmd_id":"4","meta":{"size":"007","version":"1","next_nonce":"n","max_msg_size":1,
   "max_obj_size":2},"items":[{"target":"./y","data":" a\r\nb\t","more_data":true}]},
  {"command":"replace","cmd_id":"5","items":[{"source":"./DevInfo/Man","data":"ö€😀 <>&\"'"}]},
  {"command":"delete","cmd_id":"6","archive":true,"soft_delete":true,"items":[{"target":"./z"}]},
  {"command":"copy","cmd_id":"7","items":[{"target":"./t","source":"./s","source_parent":"./p","target_parent":"./q"}]},
  {"command":"exec","cmd_id":"8","correlator":"","items":[{"target":"./e","data":""}]},
  {"command":"results","cmd_id":"9","msg_ref":"1","cmd_ref":"1","meta":{},"target_refs":["./t"],"source_refs":[""],
   "items":[{"source":"./s","data":"v"}]},
  {"command":"atomic","cmd_id":"10","no_resp":true,"meta":{"type":"t"},"commands":[
   {"command":"sequence","cmd_id":"11","commands":[{"command":"get","cmd_id":"12"}]}]},
  {"command":"sequence","commands":[]},
  {"command":"unknown","name":"Put","cmd_id":"13"}],
  "final":true})";

}  // namespace

TEST_CASE("media types of SyncML") {
  CHECK(media_type(SyncmlCoding::xml) == "application/vnd.syncml.dm+xml");
  CHECK(media_type(SyncmlCoding::wbxml) == "application/vnd.syncml.dm+wbxml");
  CHECK(coding_of("application/vnd.syncml.dm+xml") == SyncmlCoding::xml);
  CHECK(coding_of(" Application/VND.SyncML.dm+WBXML ; charset=utf-8") == SyncmlCoding::wbxml);
  CHECK_FALSE(coding_of("application/vnd.syncml+xml"));
  CHECK_FALSE(coding_of("application/vnd.syncml.dm+xmlx"));
  CHECK_FALSE(coding_of(""));
  CHECK_FALSE(coding_of(" ; "));
}

TEST_CASE("SyncML package 1") {
  const auto expected = json(R"({"ver_dtd":"1.2","ver_proto":"DM/1.2","session_id":"1F","msg_id":"1",
    "target":"https://localhost:4116/OMA/DM","source":"IMEI:493005100592800","source_name":"Bruce2",
    "cred":{"format":"b64","type":"syncml:auth-md5","data":"Zz6EivR3yeaaENcRN6lpAQ=="},
    "max_msg_size":4000,"max_obj_size":16000,"commands":[
      {"command":"alert","cmd_id":"1","data":"1200"},
      {"command":"replace","cmd_id":"2","items":[
        {"source":"./DevInfo/DevId","data":"IMEI:493005100592800"},{"source":"./DevInfo/Man","data":"Device & Sons"},
        {"source":"./DevInfo/Mod","data":"Mödel"},{"source":"./DevInfo/DmV","data":"1.2"},
        {"source":"./DevInfo/Lang","data":"en"}]}],
    "final":true})");
  CHECK(text_of(read_syncml(load(vectors / "pkg1.xml"), SyncmlCoding::xml)) == write_json(expected));
  CHECK(text_of(read_syncml(load(vectors / "pkg1.wbxml"), SyncmlCoding::wbxml)) == write_json(expected));
}

TEST_CASE("SyncML package 2") {
  const auto expected = json(R"({"ver_dtd":"1.2","ver_proto":"DM/1.2","session_id":"1F","msg_id":"1",
    "target":"IMEI:493005100592800","source":"https://localhost:4116/OMA/DM",
    "resp_uri":"https://localhost:4116/OMA/DM?session=1F","commands":[
      {"command":"status","cmd_id":"1","msg_ref":"1","cmd_ref":"0","cmd":"SyncHdr",
       "target_refs":["https://localhost:4116/OMA/DM"],"source_refs":["IMEI:493005100592800"],
       "chal":{"format":"b64","type":"syncml:auth-md5","next_nonce":"Tm9uY2U="},"data":"212"},
      {"command":"status","cmd_id":"2","msg_ref":"1","cmd_ref":"1","cmd":"Alert","data":"200"},
      {"command":"status","cmd_id":"3","msg_ref":"1","cmd_ref":"2","cmd":"Replace","data":"200"},
      {"command":"get","cmd_id":"4","items":[{"target":"./DevDetail/SwV"}]},
      {"command":"add","cmd_id":"5","items":[{"target":"./DMSC/Text",
       "meta":{"format":"chr","type":"text/plain","size":12},"data":"a < b && c","more_data":true}]},
      {"command":"exec","cmd_id":"6","no_resp":true,"correlator":"c-77","items":[{"target":"./DMSC/Go"}]}],
    "final":true})");
  CHECK(text_of(read_syncml(load(vectors / "pkg2.xml"), SyncmlCoding::xml)) == write_json(expected));
  CHECK(text_of(read_syncml(load(vectors / "pkg2.wbxml"), SyncmlCoding::wbxml)) == write_json(expected));
}

TEST_CASE("SyncML packages 3 and 4") {
  const auto third = read_syncml(load(vectors / "pkg3.xml"), SyncmlCoding::xml);
  REQUIRE(third);
  CHECK(write_json(third->find("commands")->as_list()[2]) ==
        R"({"command":"results","cmd_id":"3","msg_ref":"1","cmd_ref":"4",)"
        R"("items":[{"source":"./DevDetail/SwV","meta":{"format":"chr"},"data":""}]})");
  const auto fourth = read_syncml(load(vectors / "pkg4.xml"), SyncmlCoding::xml);
  REQUIRE(fourth);
  CHECK(write_json(fourth->find("commands")->as_list()[1]) ==
        R"({"command":"sequence","cmd_id":"2","commands":[)"
        R"({"command":"atomic","cmd_id":"3","commands":[)"
        R"({"command":"delete","cmd_id":"4","items":[{"target":"./DMSC/Old"}]},)"
        R"({"command":"copy","cmd_id":"5","items":[{"target":"./DMSC/B","source":"./DMSC/A"}]}]},)"
        R"({"command":"alert","cmd_id":"6","data":"1101","items":[{},{"data":"Go on?"}]}]})");
}

TEST_CASE("SyncML messages come back from both codings") {
  const auto coding = GENERATE(SyncmlCoding::xml, SyncmlCoding::wbxml);
  auto messages = std::vector{json(message_with_everything)};
  for (const auto* name : packages) {
    messages.push_back(read_syncml(load(vectors / (std::string(name) + ".xml")), SyncmlCoding::xml).value());
  }
  for (const auto& message : messages) {
    const auto written = write_syncml(message, coding);
    CAPTURE(text_of(written));
    REQUIRE(written);
    CHECK(text_of(read_syncml(*written, coding)) == write_json(message));
  }
}

TEST_CASE("SyncML written as XML") {
  // Order and namespaces by the DTD, whatever the order of the members.
  const auto message = json(R"({"final":true,"commands":[{"items":[{"data":"<&>","target":"./x","meta":{"type":"t",
    "format":"chr"}}],"cmd_id":"1","command":"add"},{"command":"unknown","name":"Foo"}],"max_msg_size":10,
    "source":"s","ver_dtd":"1.2"})");
  CHECK(text_of(write_syncml(message, SyncmlCoding::xml)) ==
        R"(<?xml version="1.0" encoding="UTF-8"?><SyncML xmlns="SYNCML:SYNCML1.2"><SyncHdr><VerDTD>1.2</VerDTD>)"
        R"(<Source><LocURI>s</LocURI></Source><Meta><MaxMsgSize xmlns="syncml:metinf">10</MaxMsgSize></Meta></SyncHdr>)"
        R"(<SyncBody><Add><CmdID>1</CmdID><Item><Target><LocURI>./x</LocURI></Target><Meta>)"
        R"(<Format xmlns="syncml:metinf">chr</Format><Type xmlns="syncml:metinf">t</Type></Meta>)"
        R"(<Data>&lt;&amp;&gt;</Data></Item></Add><Foo/><Final/></SyncBody></SyncML>)");
}

TEST_CASE("SyncML written as WBXML") {
  // Header and tokens worked out by hand from OMA's code pages; 6A is UTF-8, A4 01 public identifier 1201.
  const auto message = json(R"({"ver_dtd":"1.2","commands":[{"command":"alert","cmd_id":"1","data":"1200"},
    {"command":"add","items":[{"meta":{"format":"b"},"data":"hi"}]}],"final":true})");
  CHECK(to_hex(write_syncml(message, SyncmlCoding::wbxml).value()) ==
        "02A4016A00"
        "6D6C7103312E32000101"
        "6B464B033100014F033132303000"
        "0101"
        "45545A00014703620001010000"
        "4FC302686901"
        "0101"
        "120101");
}

TEST_CASE("absent and empty differ in SyncML") {
  CHECK(command_of("<Add/>") == R"({"command":"add"})");
  CHECK(command_of("<Add><CmdID/></Add>") == R"({"command":"add","cmd_id":""})");
  CHECK(command_of("<Add><Item/></Add>") == R"({"command":"add","items":[{}]})");
  CHECK(command_of("<Add><Item><Data></Data></Item></Add>") == R"({"command":"add","items":[{"data":""}]})");
  CHECK(command_of("<Add><Meta/></Add>") == R"({"command":"add","meta":{}})");
  CHECK(command_of("<Status><Chal/></Status>") == R"({"command":"status","chal":{}})");
  CHECK(command_of("<Sequence/>") == R"({"command":"sequence","commands":[]})");
  CHECK(text_of(read_xml("<SyncML><SyncHdr/><SyncBody/></SyncML>")) == R"({"commands":[]})");
  CHECK(text_of(read_xml(header_and("<Final/>"))) == R"({"commands":[],"final":true})");
  // 4F..01 holds nothing, 0F has no content: both are empty Data
  CHECK(text_of(read_wbxml("02A4016A00 6D 2C 6B 45 54 4F01 01 54 0F 01 54 01 01 01 01")) ==
        R"({"commands":[{"command":"add","items":[{"data":""},{"data":""},{}]}]})");
}

TEST_CASE("sizes in SyncML are numbers where they are written as numbers") {
  CHECK(command_of("<Add><Meta><Size>12</Size></Meta></Add>") == R"({"command":"add","meta":{"size":12}})");
  CHECK(command_of("<Add><Meta><Size>012</Size></Meta></Add>") == R"({"command":"add","meta":{"size":"012"}})");
  CHECK(command_of("<Add><Meta><Size>99999999999999999999</Size></Meta></Add>") ==
        R"({"command":"add","meta":{"size":"99999999999999999999"}})");
  CHECK(command_of("<Add><Meta><Size/></Meta></Add>") == R"({"command":"add","meta":{"size":""}})");
}

TEST_CASE("Data in SyncML") {
  const auto data = [](std::string_view inner) {
    return command_of("<Alert><Data>" + std::string(inner) + "</Data></Alert>");
  };
  CHECK(data("&lt;&gt;&amp;&quot;&apos;&#65;&#x42;&#13;") == R"({"command":"alert","data":"<>&\"'AB\r"})");
  CHECK(data("a<![CDATA[<b>&amp;]]>c") == R"({"command":"alert","data":"a<b>&amp;c"})");
  CHECK(data("  ") == R"({"command":"alert","data":"  "})");
  CHECK(data("a\r\nb\rc") == R"({"command":"alert","data":"a\nb\nc"})");
  CHECK(data("<a:M xmlns:a='u\"'>t&amp;<N/></a:M>") ==
        R"({"command":"alert","data":"<a:M xmlns:a=\"u&quot;\">t&amp;<N/></a:M>"})");
  CHECK(data("a<!-- no -->b") == R"({"command":"alert","data":"ab"})");
}

TEST_CASE("Data of octets in SyncML") {
  const auto* const wire = "02A4016A00 6D 2C 6B 45 54 4F C304FF00FE41 01 01 01 01 01";
  const auto message = json(R"({"commands":[{"command":"add","items":[{"data_hex":"FF00FE41"}]}]})");
  CHECK(text_of(read_wbxml(wire)) == write_json(message));
  CHECK(to_hex(write_syncml(message, SyncmlCoding::wbxml).value()) == to_hex(hex(wire)));
  CHECK(text_of(write_syncml(message, SyncmlCoding::xml)) ==
        "/commands/0/items/0/data_hex: octets that XML cannot carry");
  // Markup within opaque data forges no elements.
  CHECK(text_of(read_wbxml("02A4016A00 6D 2C 6B 45 54 4F C305 5D5D3E3C2F 01 01 01 01 01")) ==
        R"({"commands":[{"command":"add","items":[{"data":"]]></"}]}]})");
  // Elements within Data are kept as text; those of other code pages by number.
  CHECK(text_of(read_wbxml("02A4016A00 6D 2C 6B 45 54 4F 0002 60 0326413C00 01 01 01 0000 01 01 01")) ==
        R"({"commands":[{"command":"add","items":[{"data":"<tag-02-20>&amp;A&lt;</tag-02-20>"}]}]})");
}

TEST_CASE("elements without a place in SyncML are named") {
  CHECK(command_of("<Foo><CmdID>7</CmdID><Bar/></Foo>") == R"({"command":"unknown","name":"Foo","cmd_id":"7"})");
  CHECK(command_of("<Put/>") == R"({"command":"unknown","name":"Put"})");
  CHECK(command_of("<Get><CmdID>1</CmdID><Data/>x<CmdID>2</CmdID></Get>") ==
        R"({"command":"get","cmd_id":"1","unread":["CmdID","Data","#text"]})");
  CHECK(command_of("<Get><Item><Target><Filter/></Target></Item></Get>") ==
        R"({"command":"get","items":[{"unread":["Filter","Target"]}]})");
  CHECK(command_of("<Get><CmdID>1<b/></CmdID></Get>") == R"({"command":"get","cmd_id":"1","unread":["b"]})");
  CHECK(text_of(read_xml("<SyncML>a<SyncHdr><Foo/></SyncHdr><SyncBody/><SyncBody/></SyncML>")) ==
        R"({"commands":[],"unread":["Foo","#text","SyncBody"]})");
}

TEST_CASE("namespace prefixes in SyncML") {
  CHECK(text_of(read_xml("<s:SyncML xmlns:s='SYNCML:SYNCML1.2'><s:SyncHdr/><s:SyncBody><s:Add><s:Meta><m:Size "
                         "xmlns:m='syncml:metinf'>3"
                         "</m:Size></s:Meta></s:Add></s:SyncBody></s:SyncML>")) ==
        R"({"commands":[{"command":"add","meta":{"size":3}}]})");
}

TEST_CASE("XML around SyncML") {
  const auto body = header_and("");
  const auto* const read = R"({"commands":[]})";
  CHECK(text_of(read_xml("\xEF\xBB\xBF<?xml version='1.0' encoding='utf-8'?>\n" + body + "\n<!-- end -->\n")) == read);
  CHECK(text_of(read_xml("<!DOCTYPE SyncML PUBLIC '-//SYNCML//DTD SyncML 1.2//EN' \"a>b[\">" + body)) == read);
  struct Row {
    std::string text;
    Errc code;
    const char* message;
  };
  const auto row = GENERATE_COPY(values<Row>({
      {"", Errc::truncated, "XML ends within the document at offset 0"},
      {"<SyncHdr/>", Errc::malformed, "a document other than SyncML at offset 1"},
      {"<SyncML><SyncBody/></SyncML>", Errc::malformed, "SyncML without SyncHdr at offset 1"},
      {"<SyncML><SyncHdr/></SyncML>", Errc::malformed, "SyncML without SyncBody at offset 1"},
      {"x" + body, Errc::malformed, "text outside of the document's element at offset 0"},
      {"<a/><b/>", Errc::malformed, "a second element after the document's at offset 4"},
      {"<a></b>", Errc::malformed, "XML that is not well formed: Start-end tags mismatch at offset 5"},
      {"</a>", Errc::malformed, "an end tag without its start tag at offset 0"},
      {"<a>\x01</a>", Errc::malformed, "a control character in XML at offset 3"},
      {"<a>\xFF</a>", Errc::malformed, "XML that is no valid UTF-8 at offset 3"},
      {"\xEF\xBB\xBF<a>&b;</a>", Errc::malformed,
       "a reference that is neither to a character nor one of the five known at offset 6"},
      {"<a>&#0;</a>", Errc::malformed,
       "a reference that is neither to a character nor one of the five known at offset 3"},
      {"<a>&#xD800;</a>", Errc::malformed,
       "a reference that is neither to a character nor one of the five known at offset 3"},
      {"<a>& b</a>", Errc::malformed,
       "a reference that is neither to a character nor one of the five known at offset 3"},
      {"<a b='&x;'/>", Errc::malformed,
       "a reference that is neither to a character nor one of the five known at offset 6"},
      {"<?xml version='1.0' encoding='ISO-8859-1'?><a/>", Errc::malformed, "an encoding other than UTF-8 at offset 20"},
      {"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", Errc::malformed,
       "a document type with an internal subset at offset 12"},
      {"<a><!DOCTYPE a></a>", Errc::malformed, "a document type within the document at offset 3"},
      {"<!ELEMENT a ANY><a/>", Errc::malformed, "unknown markup in XML at offset 0"},
  }));
  CAPTURE(row.text);
  const auto message = read_xml(row.text);
  REQUIRE_FALSE(message);
  CHECK(message.error().text() == row.message);
  CHECK(message.error().code == row.code);
}

TEST_CASE("WBXML around SyncML") {
  // 6D SyncML, 2C SyncHdr, 2B SyncBody: the least message
  const auto* const read = R"({"commands":[]})";
  CHECK(text_of(read_wbxml("02A4016A00 6D2C2B01")) == read);
  CHECK(text_of(read_wbxml("01A4010000 6D2C2B01")) == read);
  CHECK(text_of(read_wbxml("03A4010300 6D2C2B01")) == read);
  // The public identifier as text, at index 1 of the table
  CHECK(text_of(read_wbxml("0200016A1F 00 2D2F2F53594E434D4C2F2F4454442053796E634D4C20312E322F2F454E00 6D2C2B01")) ==
        read);
  // A literal element, a string of the table and an entity: <A>b&#233;</A>
  CHECK(text_of(read_wbxml("02A4016A04 41006200 6D2C6B 4400 4B 8302 028169 01 01 0101")) ==
        R"({"commands":[{"command":"unknown","name":"A","cmd_id":"bé"}]})");
  struct Row {
    const char* octets;
    Errc code;
    const char* message;
  };
  const auto row = GENERATE(values<Row>({
      {"", Errc::truncated, "WBXML ends too early at offset 0"},
      {"00A4016A006D", Errc::malformed, "a WBXML version other than 1.1 to 1.3 at offset 0"},
      {"04A4016A006D", Errc::malformed, "a WBXML version other than 1.1 to 1.3 at offset 0"},
      {"029F536A006D2C2B01", Errc::malformed, "a public identifier other than SyncML 1.2's at offset 1"},
      {"0200006A024100 6D2C2B01", Errc::malformed, "a public identifier other than SyncML 1.2's at offset 1"},
      {"0200026A024100 6D2C2B01", Errc::malformed, "a reference outside of the string table at offset 1"},
      {"0200006A0141 6D2C2B01", Errc::malformed, "a string in the table without its end at offset 1"},
      {"02A4010400 6D2C2B01", Errc::malformed, "a character set other than UTF-8 at offset 3"},
      {"02A4016AFF7F 6D2C2B01", Errc::truncated, "WBXML ends too early at offset 10"},
      {"02FFFFFFFFFF016A00", Errc::malformed, "a WBXML number of more than 32 bits at offset 1"},
      {"02FFFFFFFF7F6A00", Errc::malformed, "a WBXML number of more than 32 bits at offset 1"},
      {"02A4016A00 01", Errc::malformed, "a document that does not start with an element at offset 5"},
      {"02A4016A00 0341006D", Errc::malformed, "a document that does not start with an element at offset 5"},
      {"02A4016A00 6D2C2B0100", Errc::malformed, "octets after the document at offset 9"},
      {"02A4016A00 EDAC01", Errc::malformed, "attributes, which SyncML has none of at offset 5"},
      {"02A4016A00 6D4301", Errc::malformed, "token 43 has no place in SyncML at offset 6"},
      {"02A4016A00 6DC201", Errc::malformed, "token C2 has no place in SyncML at offset 6"},
      {"02A4016A00 6D8300", Errc::malformed, "a reference outside of the string table at offset 6"},
      {"02A4016A022041 6D04000101", Errc::malformed, "a string in the table without its end at offset 8"},
      {"02A4016A022000 6D04000101", Errc::malformed, "a literal tag that is no name at offset 8"},
      {"02A4016A00 6D 02 83B000 01", Errc::malformed, "an entity that is no character at offset 6"},
      {"02A4016A00 6DC305414201", Errc::truncated, "WBXML ends too early at offset 11"},
      {"02A4016A00 6D034142", Errc::truncated, "WBXML ends too early at offset 9"},
      {"02A4016A00 6D6C7103FF000101", Errc::malformed, "text of VerDTD is no valid UTF-8 at offset 8"},
      {"02A4016A00 05", Errc::malformed, "a document other than SyncML at offset 5"},
  }));
  CAPTURE(row.octets);
  const auto message = read_wbxml(row.octets);
  REQUIRE_FALSE(message);
  CHECK(message.error().text() == row.message);
  CHECK(message.error().code == row.code);
}

TEST_CASE("SyncML is bounded") {
  const auto nested = [](std::size_t depth) {
    std::string opening;
    std::string closing;
    for (std::size_t i = 0; i < depth; ++i) {
      opening += "<Atomic>";
      closing += "</Atomic>";
    }
    return header_and(opening + closing);
  };
  const auto nested_wbxml = [](std::size_t depth) {
    auto octets = hex("02A4016A00 6D2C6B");
    octets.insert(octets.end(), depth, 0x48);
    octets.insert(octets.end(), depth + 2, 0x01);
    return octets;
  };
  // SyncML and SyncBody are the first two levels.
  CHECK(read_xml(nested(30)));
  CHECK(text_of(read_xml(nested(31))) == "elements nested too deep at offset 268");
  CHECK(read_syncml(nested_wbxml(30), SyncmlCoding::wbxml));
  CHECK(text_of(read_syncml(nested_wbxml(31), SyncmlCoding::wbxml)) == "elements nested too deep at offset 38");
  CHECK(read_xml(nested(31)).error().code == Errc::range);

  const SyncmlLimits loose{.octets = 10'000'000, .depth = 10'000'000, .elements = 10'000'000};
  CHECK(read_xml(nested(254), loose));
  CHECK(text_of(read_xml(nested(500'000), loose)) == "elements nested too deep at offset 2060");
  CHECK(read_syncml(nested_wbxml(254), SyncmlCoding::wbxml, loose));
  CHECK(text_of(read_syncml(nested_wbxml(4'000'000), SyncmlCoding::wbxml, loose)) ==
        "elements nested too deep at offset 262");

  CHECK(read_xml(header_and("<Get/><Get/>"), {.elements = 5}));
  CHECK(text_of(read_xml(header_and("<Get/><Get/>"), {.elements = 4})) == "too many elements at offset 34");
  CHECK(read_wbxml("02A4016A00 6D2C6B13130101", {.elements = 5}));
  CHECK(text_of(read_wbxml("02A4016A00 6D2C6B13130101", {.elements = 4})) == "too many elements at offset 9");

  const auto small = header_and("");
  CHECK(read_xml(small, {.octets = small.size()}));
  CHECK(text_of(read_xml(small, {.octets = 10})) == "a message longer than 10 octets at offset 10");
  CHECK(read_wbxml("02A4016A00 6D2C2B01", {.octets = 9}));
  CHECK(text_of(read_wbxml("02A4016A00 6D2C2B01", {.octets = 8})) == "a message longer than 8 octets at offset 8");
}

TEST_CASE("a string table cannot blow a message up") {
  // One string of 60000 octets and 2000 references to it.
  auto octets = hex("02A4016A 83D460");
  octets.insert(octets.end(), 59'999, 'A');
  octets.push_back(0);
  append(octets, hex("6D2C6B454B"));
  for (int i = 0; i < 1000; ++i) append(octets, hex("8300"));
  append(octets, hex("01010101"));
  const auto message = read_syncml(octets, SyncmlCoding::wbxml);
  CHECK(text_of(message) == "more text than a message may have at offset 60014");
  CHECK(message.error().code == Errc::range);
}

TEST_CASE("SyncML cut anywhere is truncated") {
  for (const auto* name : packages) {
    const auto message = read_syncml(load(vectors / (std::string(name) + ".xml")), SyncmlCoding::xml).value();
    for (const auto coding : {SyncmlCoding::xml, SyncmlCoding::wbxml}) {
      const auto whole = write_syncml(message, coding).value();
      for (std::size_t size = 0; size < whole.size(); ++size) {
        const auto read = read_syncml(ByteView(whole).first(size), coding);
        CAPTURE(name, size, text_of(read));
        REQUIRE_FALSE(read);
        // Cut within a letter of more than one octet the text is no UTF-8.
        const bool in_letter = coding == SyncmlCoding::xml && size > 0 && whole[size - 1] == 0xC3;
        CHECK(read.error().code == (in_letter ? Errc::malformed : Errc::truncated));
      }
    }
  }
}

TEST_CASE("mutated SyncML is read or refused") {
  std::mt19937 random(20240611);
  const auto below = [&](std::size_t bound) { return random() % bound; };
  std::size_t read_again = 0;
  for (const auto coding : {SyncmlCoding::xml, SyncmlCoding::wbxml}) {
    const auto whole = write_syncml(json(message_with_everything), coding).value();
    for (int round = 0; round < 3000; ++round) {
      auto octets = whole;
      for (auto changes = 1 + below(3); changes > 0; --changes) {
        const auto at = below(octets.size());
        switch (below(3)) {
          case 0:
            octets[at] = static_cast<std::uint8_t>(random());
            break;
          case 1:
            octets.erase(octets.begin() + static_cast<std::ptrdiff_t>(at));
            break;
          default:
            octets.insert(octets.begin() + static_cast<std::ptrdiff_t>(at), octets[below(octets.size())]);
        }
      }
      const auto message = read_syncml(octets, coding);
      if (!message) continue;
      const auto written = write_syncml(*message, coding);
      if (!written) continue;  // with unread elements, or an unknown one
      CAPTURE(to_hex(octets));
      CHECK(text_of(read_syncml(*written, coding)) == write_json(*message));
      ++read_again;
    }
  }
  CHECK(read_again > 500);
}

TEST_CASE("SyncML that cannot be written") {
  struct Row {
    const char* message;
    const char* error;
  };
  const auto row = GENERATE(values<Row>({
      {R"([])", "/: must be an object"},
      {R"({"sessionid":"1"})", R"(/sessionid: unknown member "sessionid", did you mean "session_id")"},
      {R"({"unread":["a"]})", R"(/unread: unknown member "unread")"},
      {R"({"session_id":1})", "/session_id: must be text"},
      {R"({"final":"yes"})", "/final: must be true or false"},
      {R"({"max_msg_size":true})", "/max_msg_size: must be a number or text"},
      {R"({"cred":"x"})", "/cred: must be an object"},
      {R"({"cred":{"next_nonce":"x"}})", R"(/cred/next_nonce: unknown member "next_nonce")"},
      {R"({"commands":{}})", "/commands: must be a list"},
      {R"({"commands":[1]})", "/commands/0: must be an object"},
      {R"({"commands":[{}]})", R"(/commands/0/command: unknown command "")"},
      {R"({"commands":[{"command":"Get"}]})", R"(/commands/0/command: unknown command "Get", did you mean "get")"},
      {R"({"commands":[{"command":"get"},{"command":"get","data":"1"}]})",
       R"(/commands/1/data: unknown member "data", did you mean "meta")"},
      {R"({"commands":[{"command":"atomic","commands":[{"command":"add","items":[{"dat":""}]}]}]})",
       R"(/commands/0/commands/0/items/0/dat: unknown member "dat", did you mean "data")"},
      {R"({"commands":[{"command":"status","target_refs":["a",1]}]})", "/commands/0/target_refs/1: must be text"},
      {R"({"commands":[{"command":"alert","data":"1","data_hex":"31"}]})",
       R"(/commands/0/data_hex: "data" and "data_hex" exclude each other)"},
      {R"({"commands":[{"command":"alert","data_hex":"3"}]})", nullptr},
      {R"({"commands":[{"command":"unknown","name":"a b"}]})", "/commands/0/name: must be the name of an element"},
      {R"({"commands":[{"command":"unknown"}]})", "/commands/0/name: must be the name of an element"},
      {R"({"raw":"x","final":true})", "/: raw octets stand alone"},
      {R"({"raw":1})", "/raw: must be text"},
  }));
  const auto coding = GENERATE(SyncmlCoding::xml, SyncmlCoding::wbxml);
  CAPTURE(row.message);
  const auto written = write_syncml(json(row.message), coding);
  REQUIRE_FALSE(written);
  CHECK(written.error().code == Errc::data);
  if (row.error != nullptr) CHECK(written.error().text() == row.error);
}

TEST_CASE("a member given twice to SyncML") {
  const Value message = Value::Map{{"msg_id", "1"}, {"msg_id", "2"}};
  CHECK(text_of(write_syncml(message, SyncmlCoding::xml)) == "/msg_id: a member given twice");
}

TEST_CASE("what only one coding of SyncML can carry") {
  const auto foo = json(R"({"commands":[{"command":"unknown","name":"Foo","cmd_id":"1"}]})");
  CHECK(text_of(read_syncml(write_syncml(foo, SyncmlCoding::xml).value(), SyncmlCoding::xml)) == write_json(foo));
  CHECK(text_of(write_syncml(foo, SyncmlCoding::wbxml)) == "element \"Foo\" has no token in WBXML");
  const Value control = Value::Map{{"msg_id", std::string("\x01")}};
  CHECK(text_of(write_syncml(control, SyncmlCoding::xml)) == "/msg_id: octets that XML cannot carry");
  CHECK(write_syncml(control, SyncmlCoding::wbxml));
}

TEST_CASE("raw octets instead of SyncML") {
  const auto coding = GENERATE(SyncmlCoding::xml, SyncmlCoding::wbxml);
  CHECK(write_syncml(json(R"({"raw":"<SyncML>"})"), coding).value() == octets_of("<SyncML>"));
  CHECK(write_syncml(json(R"({"raw_hex":"02A4"})"), coding).value() == hex("02A4"));
}

TEST_CASE("wbxml2xml reads the WBXML we write") {
  if (!Programs::installed("wbxml2xml")) return;
  const Programs programs;
  // Its XML has a bare carriage return, which reading makes a line feed.
  std::string everything = message_with_everything;
  everything.erase(everything.find("\\r"), 2);
  auto messages = std::vector{json(everything)};
  for (const auto* name : packages) {
    messages.push_back(read_syncml(load(vectors / (std::string(name) + ".xml")), SyncmlCoding::xml).value());
  }
  for (const auto& message : messages) {
    const auto wbxml = write_syncml(message, SyncmlCoding::wbxml).value();
    const auto xml = programs.run("wbxml2xml -m 0 -k -o @out @in", wbxml);
    REQUIRE(xml);
    CAPTURE(std::string(xml->begin(), xml->end()));
    CHECK(text_of(read_syncml(*xml, SyncmlCoding::xml)) == write_json(message));
  }
}

TEST_CASE("wbxml2xml knows every tag by our name") {
  if (!Programs::installed("wbxml2xml")) return;
  const Programs programs;
  // Every tag of both code pages, empty, within SyncML.
  auto wbxml = hex("02A4016A00 6D");
  for (std::uint8_t tag = 0x05; tag <= 0x3C; ++tag) {
    if (tag != 0x30) wbxml.push_back(tag);  // reserved; wbxml2xml makes "Reserved for future use" of it
  }
  append(wbxml, hex("0001"));
  for (std::uint8_t tag = 0x05; tag <= 0x16; ++tag) wbxml.push_back(tag);
  wbxml.push_back(0x01);
  const auto ours = read_wbxml_elements(wbxml, {});
  REQUIRE(ours);
  REQUIRE(ours->children.size() == 0x37 + 0x12);
  const auto xml = programs.run("wbxml2xml -m 0 -o @out @in", wbxml);
  REQUIRE(xml);
  const auto theirs = read_xml_elements(*xml, {});
  REQUIRE(theirs);
  REQUIRE(theirs->children.size() == ours->children.size());
  for (std::size_t at = 0; at < ours->children.size(); ++at) {
    CHECK(ours->children[at].local_name() == theirs->children[at].local_name());
  }
  CHECK(write_wbxml_elements(*ours).value() == wbxml);
}

TEST_CASE("xml2wbxml and we write the same WBXML") {
  if (!Programs::installed("xml2wbxml")) return;
  const Programs programs;
  for (const auto* name : packages) {
    CAPTURE(name);
    const auto message = read_syncml(load(vectors / (std::string(name) + ".xml")), SyncmlCoding::xml).value();
    const auto xml = write_syncml(message, SyncmlCoding::xml).value();
    const auto with_table = programs.run("xml2wbxml -v 1.2 -o @out @in", xml);
    REQUIRE(with_table);
    CHECK(text_of(read_syncml(*with_table, SyncmlCoding::wbxml)) == write_json(message));
    const auto without_table = programs.run("xml2wbxml -v 1.2 -n -o @out @in", xml);
    REQUIRE(without_table);
    CHECK(to_hex(write_syncml(message, SyncmlCoding::wbxml).value()) == to_hex(*without_table));
  }
}

TEST_CASE("xmllint accepts the XML we write") {
  if (!Programs::installed("xmllint")) return;
  const Programs programs;
  for (const auto* name : packages) {
    const auto message = read_syncml(load(vectors / (std::string(name) + ".xml")), SyncmlCoding::xml).value();
    CHECK(programs.run("xmllint --noout @in; : @out", write_syncml(message, SyncmlCoding::xml).value()));
  }
  const auto xml = write_syncml(json(message_with_everything), SyncmlCoding::xml).value();
  const auto canonical = programs.run("xmllint --c14n --output @out @in", xml);
  REQUIRE(canonical);
  CHECK_FALSE(programs.run("xmllint --noout --output @out @in", octets_of("<a>")));
}

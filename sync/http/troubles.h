// troubles.h — what goes wrong between two machines, G51xx.  Numbers are never reused.
#pragma once

#include "offline/base/result.h"

namespace gongji::http::troubles {

// Server: what it tells a peer, and what it tells its own operator.
inline constexpr TroubleText listen_failed{
    "G5101", "无法在配置的地址上监听。", "请检查地址、端口是否被其他程序占用，或是否有权限，然后重新启动。",
    "Cannot listen on the configured address.",
    "Check that the address exists, that no other program uses the port, and that you have the right; then restart."};
inline constexpr TroubleText request_malformed{
    "G5102", "收到的 HTTP 请求格式不正确。", "请检查调用方程序：请求行、请求头和 Content-Length 须符合 HTTP/1.1。",
    "The HTTP request is malformed.",
    "Check the calling program: request line, headers and Content-Length must follow HTTP/1.1."};
inline constexpr TroubleText header_too_large{"G5103", "HTTP 请求头超过上限。", "请减少请求头或缩短地址后再试。",
                                              "The HTTP header is over its limit.",
                                              "Send fewer or shorter headers, or a shorter address."};
inline constexpr TroubleText request_too_slow{
    "G5104", "请求没有在规定时间内发送完毕。", "请检查调用方和网络，然后用同一业务编号重试。",
    "The request did not arrive whole in time.",
    "Check the calling program and the network, then try again with the same business id."};
inline constexpr TroubleText body_too_large{"G5105", "请求内容超过上限，未被读取。", "请拆分后再发送，或压缩附件。",
                                            "The request's body is over its limit and was not read.",
                                            "Send it in smaller parts, or compress the attachment."};
inline constexpr TroubleText too_many_connections{
    "G5106", "连接数已达上限。", "请稍后重试；调用方应复用连接，而不是每次新建。", "Too many connections.",
    "Try again shortly; the calling program should reuse its connection instead of opening new ones."};
inline constexpr TroubleText stopping{"G5107", "服务正在停止。", "请在服务重新启动后用同一业务编号重试。",
                                      "The service is stopping.",
                                      "Try again with the same business id when it has restarted."};
inline constexpr TroubleText handler_failed{
    "G5108", "处理请求时出现内部错误。", "请用同一业务编号重试；若再次出现，请把日志交给技术支持。",
    "An internal error happened while the request was handled.",
    "Try again with the same business id; if it happens again, give the log to support."};
inline constexpr TroubleText body_damaged{
    "G5109", "请求内容在传输途中损坏：与其摘要不符。", "请原样重发；若反复出现，请检查线路上的代理或负载均衡设备。",
    "The request's body was damaged on the way: it is not what its digest says.",
    "Send it again as it was; if it happens again and again, check proxies and load balancers on the line."};
inline constexpr TroubleText too_busy{"G5110", "同时处理的数据过多。", "请稍后用同一业务编号重试。",
                                      "Too much is being received at once.",
                                      "Try again shortly with the same business id."};

// TLS files.
inline constexpr TroubleText tls_options_invalid{
    "G5111", "TLS 配置不完整或互相矛盾。", "请按说明改正配置：证书与私钥须成对，且必须指定信任的 CA 或其指纹。",
    "The TLS configuration is incomplete or contradicts itself.",
    "Correct it: certificate and key come in pairs, and a trusted CA or its fingerprint is required."};
inline constexpr TroubleText tls_file_unreadable{"G5112", "无法读取证书或私钥文件。", "请检查文件路径和读取权限。",
                                                 "A certificate or key file cannot be read.",
                                                 "Check the path and the right to read it."};
inline constexpr TroubleText tls_file_invalid{
    "G5113", "证书或私钥文件的内容无效。", "请重新签发或重新复制该 PEM 文件。",
    "A certificate or key file does not hold what it should.", "Issue or copy that PEM file again."};
inline constexpr TroubleText tls_key_does_not_match{
    "G5114", "私钥与证书不匹配。", "请使用与该证书同时生成的私钥，或重新注册本终端。",
    "The private key does not belong to the certificate.",
    "Use the key that was made with this certificate, or enrol this terminal again."};

// Client: the way to the other machine, in the order of the steps.
inline constexpr TroubleText request_invalid{"G5121", "要发送的请求含有不允许的字符。",
                                             "这是调用程序的错误，请把日志交给技术支持。",
                                             "The request to be sent holds characters that HTTP does not allow.",
                                             "This is an error of the calling program; give the log to support."};
inline constexpr TroubleText too_many_calls{"G5122", "等待发送的请求过多。", "线路过慢，请稍后再试；离线业务不受影响。",
                                            "Too many calls wait for this connection.",
                                            "The line is too slow; try again later. Offline work goes on."};
inline constexpr TroubleText name_not_found{
    "G5123", "找不到服务器的域名。", "请检查网络和域名解析 (DNS) 设置；离线业务不受影响。",
    "The server's name could not be resolved.", "Check the network and its DNS settings. Offline work goes on."};
inline constexpr TroubleText connect_failed{
    "G5124", "无法连接到服务器。", "请检查网络线路、服务器地址和防火墙；离线业务不受影响。",
    "Cannot connect to the server.", "Check the line, the server's address and the firewall. Offline work goes on."};
inline constexpr TroubleText server_untrusted{
    "G5125", "服务器证书不是由受信任的机构签发。", "请勿继续；请核对 CA 证书或指纹，并联系经办机构。",
    "The server's certificate was not issued by an authority we trust.",
    "Do not go on; check the CA certificate or its fingerprint and call the agency."};
inline constexpr TroubleText server_wrong_name{
    "G5126", "服务器证书上的名称与所连服务器不符。", "请检查配置的服务器地址；若地址正确，请联系经办机构。",
    "The server's certificate names another server.", "Check the configured address; if it is right, call the agency."};
inline constexpr TroubleText server_certificate_dates{
    "G5127", "服务器证书已过期或尚未生效。", "请先检查本机日期和时间；若正确，请联系经办机构更换证书。",
    "The server's certificate has expired or is not valid yet.",
    "First check this machine's date and time; if they are right, ask the agency to renew the certificate."};
inline constexpr TroubleText certificate_refused{
    "G5128", "服务器拒绝了本终端的证书。", "请检查证书是否过期或被吊销；必要时重新注册本终端。",
    "The server refused this terminal's certificate.",
    "Check whether it has expired or was revoked; if need be, enrol this terminal again."};
inline constexpr TroubleText tls_failed{
    "G5129", "与服务器建立加密连接失败。", "双方都须支持 TLS 1.3；请检查线路上的代理设备，并把日志交给技术支持。",
    "The encrypted connection could not be set up.",
    "Both sides need TLS 1.3; check for proxies on the line, and give the log to support."};
inline constexpr TroubleText connection_lost{
    "G5130", "连接在收到完整答复之前中断。", "结果未知；请用同一业务编号重试，不会重复记账。",
    "The connection broke before the whole answer came.",
    "The outcome is unknown; try again with the same business id, nothing is booked twice."};
inline constexpr TroubleText response_invalid{
    "G5131", "服务器的答复不是有效的 HTTP。", "请检查服务器地址和端口是否正确，以及线路上的代理设备。",
    "The server's answer is not valid HTTP.", "Check the server's address and port, and proxies on the line."};
inline constexpr TroubleText response_too_large{"G5132", "服务器的答复超过上限。", "请把日志交给技术支持。",
                                                "The server's answer is over its limit.", "Give the log to support."};
inline constexpr TroubleText deadline_passed{
    "G5133", "在规定时间内没有得到答复。", "结果未知；请用同一业务编号重试，不会重复记账。", "No answer came in time.",
    "The outcome is unknown; try again with the same business id, nothing is booked twice."};

// Certificates and their files.
inline constexpr TroubleText certificate_invalid{"G5141", "证书或其私钥的内容无法识别。", "请提供完整的 PEM 文本。",
                                                 "A certificate or its key cannot be understood.",
                                                 "Give the whole PEM text."};
inline constexpr TroubleText certificate_request_invalid{
    "G5142", "证书申请无效。", "请在终端上重新生成证书申请 (P-256)，名称不能为空或过长。",
    "The certificate request is not valid.",
    "Make a new request (P-256) on the terminal; the name must not be empty or too long."};
inline constexpr TroubleText crypto_failed{"G5143", "密码运算失败。", "请重启程序；若再次出现，请把日志交给技术支持。",
                                           "A cryptographic operation failed.",
                                           "Restart the program; if it happens again, give the log to support."};
inline constexpr TroubleText file_not_written{
    "G5144", "文件未能写入磁盘。", "请检查目录是否存在、权限和剩余空间，然后重试。",
    "The file was not written to disk.",
    "Check that the folder exists, its rights and the free space; then try again."};

inline constexpr const TroubleText* all[] = {&listen_failed,
                                             &request_malformed,
                                             &header_too_large,
                                             &request_too_slow,
                                             &body_too_large,
                                             &too_many_connections,
                                             &stopping,
                                             &handler_failed,
                                             &body_damaged,
                                             &too_busy,
                                             &tls_options_invalid,
                                             &tls_file_unreadable,
                                             &tls_file_invalid,
                                             &tls_key_does_not_match,
                                             &request_invalid,
                                             &too_many_calls,
                                             &name_not_found,
                                             &connect_failed,
                                             &server_untrusted,
                                             &server_wrong_name,
                                             &server_certificate_dates,
                                             &certificate_refused,
                                             &tls_failed,
                                             &connection_lost,
                                             &response_invalid,
                                             &response_too_large,
                                             &deadline_passed,
                                             &certificate_invalid,
                                             &certificate_request_invalid,
                                             &crypto_failed,
                                             &file_not_written};

}  // namespace gongji::http::troubles

import { existsSync, mkdirSync, realpathSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { AskFirstError } from '@askfirst/protocol/errors.ts'
import { html } from './html.ts'

export const AUTOSTART_SYSTEMS = ['linux', 'darwin', 'win32'] as const
export type AutostartSystem = (typeof AUTOSTART_SYSTEMS)[number]

/** The command that starts the companion: the program and its arguments. */
export type StartCommand = readonly [string, ...string[]]

/**
 * What starts the companion as this program was started, from any folder: by Node and its file, or by itself where both are one.
 *
 * @param program the file that Node runs, as the command line named it; a link is followed, for whatever made it may go
 */
export function startCommand({
  node,
  program = node,
  data,
}: {
  readonly node: string
  readonly program?: string | undefined
  readonly data?: string | undefined
}): StartCommand {
  const file = existsSync(program) ? realpathSync(program) : program
  const start: StartCommand = file === realpathSync(node) ? [node] : [node, file]
  return [...start, 'ui', '--background', ...(data === undefined ? [] : ['--data', resolve(data)])]
}

/** What makes each system start the companion when a person logs in. */
export function autostartFile(system: AutostartSystem, command: StartCommand): string {
  switch (system) {
    case 'linux':
      return desktopEntry(command)
    case 'darwin':
      return launchAgent(command)
    case 'win32':
      return logonTask(command)
  }
}

/** XDG autostart (Desktop Application Autostart Specification 0.5, Desktop Entry Specification 1.5). */
function desktopEntry(command: StartCommand): string {
  return `[Desktop Entry]
Type=Application
Version=1.0
Name=AskFirst
Name[de]=AskFirst
Comment=Shows who asks to read information from this computer
Comment[de]=Zeigt, wer Informationen von diesem Computer lesen möchte
Exec=${command.map(execArgument).join(' ')}
Terminal=false
NoDisplay=true
StartupNotify=false
X-GNOME-Autostart-enabled=true
`
}

/** Quoted as the specification wants it: double quotes, a backslash before what would end or begin something. */
function execArgument(text: string): string {
  const escaped = text.replaceAll(/["`$\\]/g, (mark) => `\\${mark}`).replaceAll('%', '%%')
  return `"${escaped.replaceAll('\\', '\\\\')}"`
}

/** launchd.plist(5): for sessions with a desktop only, and again when it ended with an error. */
function launchAgent(command: StartCommand): string {
  const list = command.map((argument) => html`    <string>${argument}</string>\n`)
  return html`<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
  <key>Label</key>
  <string>org.askfirst.agent.ui</string>
  <key>ProgramArguments</key>
  <array>
${list}  </array>
  <key>LimitLoadToSessionType</key>
  <string>Aqua</string>
  <key>RunAtLoad</key>
  <true/>
  <key>KeepAlive</key>
  <dict>
    <key>SuccessfulExit</key>
    <false/>
  </dict>
  <key>ProcessType</key>
  <string>Interactive</string>
</dict>
</plist>
`.markup
}

/** Task Scheduler 1.2: at the logon of any user, with that user's own rights. `schtasks /Create /XML FILE /TN AskFirst` */
function logonTask([program, ...args]: StartCommand): string {
  return html`<?xml version="1.0" encoding="UTF-8"?>
<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">
  <RegistrationInfo>
    <Description>Shows who asks to read information from this computer</Description>
  </RegistrationInfo>
  <Triggers>
    <LogonTrigger>
      <Enabled>true</Enabled>
    </LogonTrigger>
  </Triggers>
  <Principals>
    <Principal id="Users">
      <GroupId>S-1-5-32-545</GroupId>
      <RunLevel>LeastPrivilege</RunLevel>
    </Principal>
  </Principals>
  <Settings>
    <MultipleInstancesPolicy>Parallel</MultipleInstancesPolicy>
    <DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>
    <StopIfGoingOnBatteries>false</StopIfGoingOnBatteries>
    <ExecutionTimeLimit>PT0S</ExecutionTimeLimit>
    <RestartOnFailure>
      <Interval>PT1M</Interval>
      <Count>3</Count>
    </RestartOnFailure>
  </Settings>
  <Actions Context="Users">
    <Exec>
      <Command>${program}</Command>
      <Arguments>${args.map((argument) => `"${argument}"`).join(' ')}</Arguments>
    </Exec>
  </Actions>
</Task>
`.markup
}

/**
 * Writes the start file of this person and returns where. Windows takes no file: its task is registered by a command.
 *
 * @throws AskFirstError PLATFORM_UNSUPPORTED on another system
 */
export function installAutostart(
  platform: NodeJS.Platform,
  command: StartCommand,
  folders: { readonly autostart: string; readonly home: string },
): string {
  const place = {
    linux: join(folders.autostart, 'askfirst-agent-ui.desktop'),
    darwin: join(folders.home, 'Library', 'LaunchAgents', 'org.askfirst.agent.ui.plist'),
  } as const
  if (platform !== 'linux' && platform !== 'darwin')
    throw new AskFirstError(
      'PLATFORM_UNSUPPORTED',
      'Print the file with --print-autostart win32 and register it: schtasks /Create /XML FILE /TN AskFirst',
    )
  const path = place[platform]
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, autostartFile(platform, command), { mode: 0o644 })
  return path
}

/**
 * Constant script, texts as arguments: title, text, deny, later, review, allow, seconds. A dialog has three buttons at most, so
 * how to allow is a second question; its default looks first. No button is the cancel button, so that Escape answers nothing.
 */
export const MACOS_SCRIPT = [
  'on run argv',
  'set {heading, said, deny, later, review, allow} to items 1 thru 6 of argv',
  'set patience to (item 7 of argv) as integer',
  'set asked to display dialog said with title heading buttons {allow & "…", later, deny} default button deny giving up after patience',
  'if gave up of asked then return "none"',
  'if button returned of asked is deny then return "deny"',
  'if button returned of asked is later then return "later"',
  'set how to display dialog heading with title heading buttons {allow, review, deny} default button review giving up after patience',
  'if gave up of how then return "none"',
  'if button returned of how is deny then return "deny"',
  'if button returned of how is review then return "review"',
  'if button returned of how is allow then return "allow"',
  'return "none"',
  'end run',
] as const

/**
 * Constant script: all texts come as one JSON object on standard input. A window with scrolling text and a button for each
 * choice; the first has the focus, and closing the window says nothing.
 */
export const WINDOWS_SCRIPT = `$ErrorActionPreference = 'Stop'
[Console]::InputEncoding = [Text.Encoding]::UTF8
$words = [Console]::In.ReadToEnd() | ConvertFrom-Json
Add-Type -AssemblyName System.Windows.Forms
Add-Type -AssemblyName System.Drawing
[System.Windows.Forms.Application]::EnableVisualStyles()
$global:answer = 'none'
$form = New-Object System.Windows.Forms.Form
$form.Text = $words.title
$form.Font = New-Object System.Drawing.Font('Segoe UI', 10)
$form.ClientSize = New-Object System.Drawing.Size(760, 560)
$form.StartPosition = 'CenterScreen'
$form.TopMost = $true
if ($words.direction -eq 'rtl') { $form.RightToLeft = 'Yes'; $form.RightToLeftLayout = $true }
$text = New-Object System.Windows.Forms.TextBox
$text.Multiline = $true
$text.ReadOnly = $true
$text.ScrollBars = 'Vertical'
$text.Dock = 'Fill'
$text.Text = $words.text -replace "\`r?\`n", "\`r\`n"
$row = New-Object System.Windows.Forms.FlowLayoutPanel
$row.Dock = 'Bottom'
$row.AutoSize = $true
foreach ($choice in 'deny', 'later', 'review', 'allow') {
  $button = New-Object System.Windows.Forms.Button
  $button.UseMnemonic = $false
  $button.AutoSize = $true
  $button.Text = $words.$choice
  $button.Tag = $choice
  $button.Add_Click({ $global:answer = $this.Tag; $form.Close() })
  $row.Controls.Add($button)
}
$form.Controls.Add($text)
$form.Controls.Add($row)
$form.ActiveControl = $row.Controls[0]
$timer = New-Object System.Windows.Forms.Timer
$timer.Interval = 1000 * $words.timeoutS
$timer.Add_Tick({ $form.Close() })
$timer.Start()
[void]$form.ShowDialog()
Write-Output $global:answer`
